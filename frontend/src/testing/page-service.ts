import { vi } from 'vitest'
import { consent, explained, fakeService, FakeEventSource, metric, ok, problem, run, session } from '@/testing/fake-service'

export const REFUSED = problem(403, 'CONSENT_REVOKED', 'the consent for bank was revoked', 'bahi consent grant --customer-id A')
export const results = (is_stale = false) =>
  ok({
    as_of: '2026-10-31',
    summaries: [
      {
        name: 'bank',
        as_of: '2026-10-31',
        is_stale,
        metrics: [
          metric(),
          metric({ id: 'bank.nach_debits_paise', title: 'Debits under mandates', value: null, null_reason: 'INSUFFICIENT_HISTORY', n: 0, evidence: [] }),
        ],
      },
    ],
  })
export const customers = (states: Record<string, number> = { ACTIVE: 1 }) =>
  ok({ customers: [{ customer_id: 'A', purposes: [103], consent_states: states, last_run: run() }] })

/** A service with one customer, A, who consented and has results. */
export function service() {
  vi.stubGlobal('EventSource', FakeEventSource)
  return fakeService({
    'GET /api/session': () => ok(session()),
    'GET /api/customers': () => customers(),
    'GET /api/customers/A/consents': () => ok({ consents: [consent()] }),
    'GET /api/customers/A/runs': () => ok({ runs: [] }),
    'GET /api/customers/A/results': () => results(),
    'GET /api/customers/A/explain/bank.credits_paise': (_body, url) => {
      const offset = Number(url.searchParams.get('offset'))
      return ok(explained(offset, offset === 0 ? 50 : 10, 60))
    },
  })
}
