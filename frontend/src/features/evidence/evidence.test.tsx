import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { laidOut } from '@/features/evidence/laid-out'
import { RawLine } from '@/features/evidence/raw-line'
import { factsOf } from '@/features/evidence/record-facts'

test.each([
  '{"a":[1,2.50,{"b":"x, {y}: \\"z\\""}],"c":{},"d":[],"e":null,"f":123456789012345678901}',
  '[{"a":-1e5},"\\\\"]',
  '{"deep":{"deeper":{"deepest":[[true],[false]]}}}',
])('laying out %s adds nothing but space outside of texts', (line) => {
  const laid = laidOut(line) ?? ''
  expect(laid.split('\n').map((row) => row.trimStart().replace(/^("(?:[^"\\]|\\.)*"): /, '$1:')).join('')).toBe(line)
  expect(JSON.parse(laid)).toEqual(JSON.parse(line))
})

test('a field stands to a row, indented by depth', () => {
  expect(laidOut('{"a":{"b":[1],"c":{}}}')).toBe('{\n  "a": {\n    "b": [\n      1\n    ],\n    "c": {}\n  }\n}')
})

test.each(['not json', '{"cut":', '17', ''])('what is no JSON document stays as it is: %s', (line) => {
  expect(laidOut(line)).toBeNull()
})

test('a long line opens folded and laid out, and is one press from its bytes', async () => {
  const line = JSON.stringify(Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`field_${String(at)}`, at])))
  const { container } = render(<RawLine line={line} />)
  expect(container.textContent).not.toContain('field_40')
  await userEvent.click(screen.getByRole('button', { name: 'Show all 62 lines' }))
  expect(container.textContent).toContain('"field_40": 40')
  await userEvent.click(screen.getByRole('button', { name: 'As delivered' }))
  expect(container.querySelector('[data-raw]')?.textContent).toBe(line)
})

test('a short line is shown as it came', () => {
  const { container } = render(<RawLine line='{"a":1}' />)
  expect(container.querySelector('[data-raw]')?.textContent).toBe('{"a":1}')
  expect(screen.queryByRole('button')).toBeNull()
})

test.each([
  [{ kind: 'order', on: '2026-01-02', state: 'Completed', order: 'P1-7', price_paise: 35400 }, ['Completed', 'P1-7'], 35400, 'price_paise'],
  [{ kind: 'outward', on: '2026-01-02', section: 'b2b', number: '17', title: null, value_paise: null }, ['b2b', '17'], null, null],
  [{ kind: 'holding', nav_on: '2026-01-02', scheme: 'A Fund', value_paise: 99 }, ['A Fund'], 99, 'value_paise'],
  [{ kind: 'payment', on: '2026-01-02', outcome: 'FAILURE', amount_paise: 5, principal_paise: 4 }, ['FAILURE'], 5, null],
  [{ kind: 'unheard_of', starts_on: '2026-01-02', status: 'Open' }, ['Open'], null, null],
])('a record without a narration names itself: %o', (record, details, paise, paiseName) => {
  expect(factsOf(record)).toMatchObject({ on: '2026-01-02', narration: null, details, paise, paiseName })
})
