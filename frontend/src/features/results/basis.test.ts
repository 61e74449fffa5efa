import { expect, test } from 'vitest'
import { basisOf, isNothingHeld } from '@/features/results/basis'
import { languages } from '@/i18n/text'
import { metric } from '@/testing/fake-service'

const text = languages.en
const counted = { id: 'ondc.records_count', unit: 'count', value: 1, n: 1, window: null, coverage: null }
const undated = { id: 'ondc.period_days', unit: 'days', value: null, null_reason: 'INSUFFICIENT_HISTORY', n: 0, window: null, coverage: null } as const

test('what all metrics share is said once', () => {
  const { shared, rows } = basisOf([metric(), metric({ id: 'bank.debits_paise' })], text)
  expect(shared).toBe('Nov 2025 – Oct 2026 · 12 of 12 full months')
  expect(rows.map(({ basis }) => basis)).toEqual(['', ''])
})

test('what differs stands in the rows, and what is unknown is left out', () => {
  const { shared, rows } = basisOf([metric(), metric({ window: { from: '2026-01-02', to: '2026-02-03' }, coverage: null })], text)
  expect(shared).toBe('')
  expect(rows.map(({ basis }) => basis)).toEqual(['Nov 2025 – Oct 2026 · 12 of 12 full months', '2 Jan 2026 – 3 Feb 2026'])
})

test('an envelope alone is nothing held, with a day or without; a source that did not answer is not', () => {
  expect(isNothingHeld([metric(counted), metric(undated)])).toBe(true)
  expect(isNothingHeld([metric(counted), metric({ ...undated, value: 1, n: 1 })])).toBe(true)
  expect(isNothingHeld([metric({ ...counted, value: 2, n: 2 }), metric(undated)])).toBe(false)
  expect(isNothingHeld([metric({ ...counted, value: null, n: 0, null_reason: 'SOURCE_ABSENT' }), metric(undated)])).toBe(false)
  expect(isNothingHeld([metric(), metric(undated)])).toBe(false)
})
