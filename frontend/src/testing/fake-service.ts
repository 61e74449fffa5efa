import { vi } from 'vitest'
import type { Consent, Explained, Metric, Run, Session } from '@/api/types'

type Reply = { status: number; body: unknown }
type Answer = (body: unknown, url: URL) => Reply

export const ok = (body: unknown, status = 200): Reply => ({ status, body })
export const problem = (status: number, code: string, detail: string, hint: string): Reply => ({
  status,
  body: { type: 'urn', title: code, status, detail, code, hint, instance: 'urn' },
})

/** Stands in for the service: answers by "METHOD /path", and remembers what was asked. */
export function fakeService(answers: Record<string, Answer>) {
  const asked: string[] = []
  const reply = async (request: Request) => {
    const url = new URL(request.url)
    const name = `${request.method} ${url.pathname}`
    asked.push(name)
    const sent: unknown = request.method === 'POST' ? JSON.parse((await request.text()) || 'null') : null
    const { status, body } = answers[name]?.(sent, url) ?? problem(404, 'PATH_NOT_FOUND', 'nothing here', '')
    const type = status < 400 ? 'application/json' : 'application/problem+json'
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } })
  }
  vi.stubGlobal('fetch', reply)
  return { asked, answers }
}

/** An event stream whose events the test sends itself. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static latest: FakeEventSource | null = null
  readyState = 1

  constructor(readonly url: string) {
    super()
    FakeEventSource.latest = this
  }

  close() {
    this.readyState = FakeEventSource.CLOSED
  }

  send(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }))
  }
}

export const run = (over: Partial<Run> = {}): Run => ({
  run_id: 'run_1',
  step: 'run',
  source: null,
  status: 'done',
  error_code: null,
  counts: {},
  started_at: '2026-11-19T20:00:00Z',
  ended_at: '2026-11-19T20:00:05Z',
  ...over,
})

export const session = (over: Partial<Session> = {}): Session => ({
  signed_in: true,
  environment: 'sandbox',
  sources: [
    { name: 'bank', title: 'Bank deposits', channels: ['AA', 'DIRECT_UPLOAD'] },
    { name: 'ondc', title: 'Orders of a network', channels: ['ONDC'] },
  ],
  ...over,
})

export const consent = (over: Partial<Consent> = {}): Consent => ({
  consent_id: 'con_1',
  party: 'entity',
  channel: 'AA',
  purpose: 103,
  state: 'ACTIVE',
  sources: ['bank'],
  fi_types: ['DEPOSIT'],
  range: { from: '2025-11-01', to: '2026-10-31' },
  expiry: '2027-02-14T18:29:59Z',
  life_end: null,
  uses: [],
  fetch_type: 'PERIODIC',
  has_certificate: false,
  ...over,
})

export const metric = (over: Partial<Metric> = {}): Metric => ({
  id: 'bank.credits_paise',
  title: 'Credits in the window',
  value: 2314055237,
  null_reason: null,
  unit: 'paise',
  window: { from: '2025-11-01', to: '2026-10-31' },
  coverage: { months_needed: 12, months_full: 12, days_received: 365, days_window: 365 },
  n: 60,
  formula: 'bank.credits_paise/1',
  version: 1,
  inputs: [],
  evidence: [{ source: 'bank', selector: 'credits_in_window', args: {}, input_sha: 'ab'.repeat(32), n: 60 }],
  ...over,
})

export const explained = (first: number, count: number, total: number): Explained => ({
  metric: metric(),
  definition: { title: 'Credits in the window', formula: 'Sum of credits', unit: 'paise', null_rule: 'months lack' },
  lines_n: total,
  lines: Array.from({ length: count }, (_, at) => ({
    record: { id: `t${String(first + at)}`, kind: 'transaction', on: '2026-10-31', amount_paise: 150, direction: 'DEBIT' },
    raw: { delivery: 'd'.repeat(16), line: first + at + 1, sha: 'f'.repeat(16), text: `{"raw":${String(first + at)}}` },
  })),
})
