import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { consent, FakeEventSource, ok, problem, run } from '@/testing/fake-service'
import { openPage } from '@/testing/open-page'
import { service } from '@/testing/page-service'

test('counts of a run read as words, and no amount stands beside them', async () => {
  const counts = { clean: 4407, items: 4617, findings: 1, quarantined: 0 }
  service().answers['GET /api/customers/A/runs'] = () => ok({ runs: [run({ step: 'clean', source: 'bank', counts })] })
  openPage('/customers/A')
  expect(await screen.findByText('4,617 items · 4,407 clean · 1 finding')).toBeVisible()
})

test('the steps of a flow stand under it by source, and a step run by itself stands alone', async () => {
  const at = (second: number) => `2026-11-19T20:00:0${String(second)}.000001Z`
  const whole = run({ run_id: 'run_f', started_at: at(1), ended_at: at(5), counts: { steps: 2 } })
  const parts = ['bank', 'ondc'].map((source, place) =>
    run({ run_id: `run_${source}`, step: 'clean', source, started_at: at(2 + place), ended_at: at(4), counts: { items: 1204 + place } }))
  const alone = run({ run_id: 'run_a', step: 'clean', source: 'bank', status: 'unchanged', started_at: at(7), ended_at: at(8) })
  service().answers['GET /api/customers/A/runs'] = () => ok({ runs: [alone, ...parts.toReversed(), whole] })
  openPage('/customers/A')
  const rows = within(await screen.findByRole('region', { name: 'Recorded runs' })).getAllByRole('listitem')
  expect(rows.map((row) => row.dataset['run'])).toEqual(['run_a', 'run_f'])
  expect(rows[0]).toHaveTextContent('Clean · Bank deposits')
  expect(rows[1]).toHaveTextContent(/Whole flow.*2 steps.*Clean.*Bank deposits1,204 items.*Orders of a network1,205 items/)
})

test('a run is followed step by step to its end, and then everything is read again', async () => {
  const { answers, asked } = service()
  answers['POST /api/customers/A/runs'] = () => ok({ run_id: 'run_9' }, 202)
  openPage('/customers/A')
  await userEvent.click(await screen.findByRole('button', { name: 'Run flow' }))
  await waitFor(() => {
    expect(FakeEventSource.latest?.url).toBe('/api/runs/run_9/events')
  })
  const event = { at: '', step: 'generate', source: 'bank', note: '' }
  FakeEventSource.latest?.send('progress', { ...event, seq: 1, kind: 'progress', done_n: 5, total_n: 20 })
  expect(await screen.findByRole('progressbar', { name: 'Generate: Bank deposits' })).toHaveAttribute('aria-valuenow', '25')
  const before = asked.filter((name) => name === 'GET /api/customers/A/results').length
  FakeEventSource.latest?.send('end', { status: 'done', error: null })
  expect(await screen.findByText('Flow finished. Results are up to date.')).toBeVisible()
  await waitFor(() => {
    expect(asked.filter((name) => name === 'GET /api/customers/A/results').length).toBeGreaterThan(before)
  })
})

test('a refused start says how the noise counts, and is gone once the consents have changed', async () => {
  const { answers } = service()
  answers['POST /api/customers/A/runs'] = () => problem(403, 'CONSENT_OVERUSED', 'no further fetch', 'bahi consent grant')
  answers['POST /api/customers/A/consents'] = () => {
    const both = { consents: [consent(), consent({ consent_id: 'con_2' })] }
    answers['GET /api/customers/A/consents'] = () => ok(both)
    return ok(both, 201)
  }
  openPage('/customers/A')
  await userEvent.click(await screen.findByRole('button', { name: 'Run flow' }))
  expect(await screen.findByRole('alert')).toHaveTextContent(/CONSENT_OVERUSED.*The noise is part of the question/)
  await userEvent.click(screen.getByRole('button', { name: 'Grant consent' }))
  await userEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Grant consent' }))
  await waitFor(() => {
    expect(screen.queryByRole('alert')).toBeNull()
  })
})

test('after a reload the open flow is followed again, and its failure is told', async () => {
  service().answers['GET /api/customers/A/runs'] = () =>
    ok({ runs: [run({ run_id: 'run_c', step: 'clean', source: 'bank', status: 'running' }), run({ run_id: 'run_f', status: 'running' })] })
  openPage('/customers/A')
  await waitFor(() => {
    expect(FakeEventSource.latest?.url).toBe('/api/runs/run_f/events')
  })
  const error = { code: 'RAW_ALTERED', message: 'line 3 was altered', hint: 'bahi generate' }
  FakeEventSource.latest?.send('end', { status: 'failed', error })
  expect(await screen.findByText('RAW_ALTERED')).toBeVisible()
  expect(screen.getByText('Line 3 was altered')).toBeVisible()
})

test('a feed that is cut says so and can be followed again', async () => {
  const { answers } = service()
  answers['POST /api/customers/A/runs'] = () => ok({ run_id: 'run_9' }, 202)
  openPage('/customers/A')
  await userEvent.click(await screen.findByRole('button', { name: 'Run flow' }))
  await waitFor(() => {
    expect(FakeEventSource.latest?.url).toBe('/api/runs/run_9/events')
  })
  const cut = FakeEventSource.latest
  cut?.close()
  cut?.dispatchEvent(new Event('error'))
  await userEvent.click(await screen.findByRole('button', { name: 'Follow again' }))
  await waitFor(() => {
    expect(FakeEventSource.latest).not.toBe(cut)
  })
  expect(screen.queryByRole('button', { name: 'Follow again' })).toBeNull()
})
