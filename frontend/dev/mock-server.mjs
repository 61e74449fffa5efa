/** A stand-in for the service while the page is being worked on: the contract's answers from memory, no business rule. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { definitionOf, evidenceOf, lineOf, metrics } from './mock-numbers.mjs'

const PORT = Number(process.env.PORT ?? 8123)
const STEP_MS = Number(process.env.STEP_MS ?? 60)
const STATIC = new URL('../../api/static', import.meta.url).pathname
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

const now = () => new Date().toISOString()
const newId = (kind) => `${kind}_${randomBytes(8).toString('hex')}`
const consentOf = (sources, state = 'ACTIVE', uses = []) => ({
  consent_id: newId('con'), party: 'entity', channel: 'AA', purpose: 103, state, sources, fi_types: ['DEPOSIT'],
  range: { from: '2025-11-01', to: '2026-10-31' }, expiry: '2027-02-14T18:29:59Z', life_end: '2027-05-20T18:29:59Z', uses, fetch_type: 'PERIODIC', has_certificate: state === 'REVOKED',
})
const used = [{ source: 'bank', used_at: '2026-11-18T09:12:00Z' }]
const house = new Map([
  ['DEMO-1', { consents: [consentOf(['bank'], 'ACTIVE', used)], runs: [], hasResults: false }],
  ['DEMO-2', { consents: [consentOf(['bank'], 'PAUSED', used)], runs: [], hasResults: true }],
  ['DEMO-3', { consents: [consentOf(['bank'], 'REVOKED', used)], runs: [], hasResults: false }],
  ['DEMO-4', { consents: [consentOf(['bank'], 'ACTIVE', used)], runs: [], hasResults: true, isStale: true }],
  ['LAKSHMI-TEXTILES-SURAT-000142', { consents: [consentOf(['bank'], 'EXPIRED', used)], runs: [], hasResults: false }],
  ['NEW-CUSTOMER', { consents: [], runs: [], hasResults: false }],
])
const feeds = new Map()
const problem = (status, code, detail, hint) => ({
  status, body: { type: `urn:bahi:problem:${code.toLowerCase()}`, title: code, status, detail, code, hint, instance: 'urn:bahi:trace:mock' },
})

function refusal(customer, id) {
  const states = customer.consents.map((consent) => consent.state)
  if (states.includes('ACTIVE')) return null
  const grant = `bahi consent grant --customer-id ${id} --sources bank`
  if (states.includes('REVOKED')) return problem(403, 'CONSENT_REVOKED', 'the consent for bank was revoked', grant)
  if (states.includes('EXPIRED')) return problem(403, 'CONSENT_EXPIRED', 'the consent for bank has expired', grant)
  if (states.includes('PAUSED')) return problem(403, 'CONSENT_PAUSED', 'the consent for bank is paused', `bahi consent resume --customer-id ${id}`)
  return problem(403, 'CONSENT_REQUIRED', 'there is no consent for purpose 103', grant)
}

const row = (run_id, step, source, status, counts) => ({ run_id, step, source, status, error_code: null, counts, started_at: now(), ended_at: status === 'running' ? null : now() })

function start(customer) {
  const run_id = newId('run')
  const flow = row(run_id, 'run', null, 'running', {})
  customer.runs.unshift(flow)
  const feed = { events: [], end: null }
  feeds.set(run_id, feed)
  const isAgain = customer.hasResults
  const script = ['generate', 'clean', 'analyze'].flatMap((step) =>
    isAgain
      ? [['unchanged', step, 0, null]]
      : [['started', step, 0, 6120], ...[1, 2, 3, 4].map((part) => ['progress', step, part * 1530, 6120]), ['done', step, 6120, 6120]])
  const tick = () => {
    const [kind, step, done_n, total_n] = script.shift()
    feed.events.push({ seq: feed.events.length + 1, at: now(), kind, step, source: 'bank', done_n, total_n, note: '' })
    if (kind === 'done' || kind === 'unchanged') customer.runs.splice(1, 0, row(newId('run'), step, 'bank', kind, { clean: 6072, duplicate: 31, quarantined: 17 }))
    if (script.length > 0) return setTimeout(tick, STEP_MS)
    feed.end = { status: isAgain ? 'unchanged' : 'done', error: null }
    Object.assign(flow, { status: feed.end.status, ended_at: now() })
    customer.hasResults = true
  }
  setTimeout(tick, STEP_MS)
  return { status: 202, body: { run_id } }
}

function stream(feed, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  let sent = 0
  const push = () => {
    for (const event of feed.events.slice(sent)) response.write(`event: progress\nid: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`)
    sent = feed.events.length
    if (feed.end === null) return setTimeout(push, 30)
    response.end(`event: end\ndata: ${JSON.stringify(feed.end)}\n\n`)
  }
  push()
}

function explain(metric_id, query) {
  const metric = metrics.find((known) => known.id === metric_id)
  if (!metric) return problem(404, 'METRIC_NOT_FOUND', 'there is no such metric', 'bahi show lists them')
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 50)]
  const lines = Array.from({ length: Math.max(0, Math.min(limit, metric.n - offset)) }, (_, at) => lineOf(offset + at))
  return { status: 200, body: { metric: evidenceOf(metric), definition: definitionOf(metric), lines_n: metric.n, lines } }
}

const counts = (consents) => consents.reduce((all, { state }) => ({ ...all, [state]: (all[state] ?? 0) + 1 }), {})
const ROUTES = [
  ['GET', /^session$/, () => ({ status: 200, body: { signed_in: true, environment: 'sandbox', sources: [{ name: 'bank', title: 'Bank deposits', channels: ['AA', 'DIRECT_UPLOAD'] }] } })],
  ['GET', /^customers$/, () => ({ status: 200, body: { customers: [...house].map(([customer_id, { consents, runs }]) => ({ customer_id, purposes: [103], consent_states: counts(consents), last_run: runs[0] ?? null })) } })],
  ['GET', /^customers\/([^/]+)\/consents$/, ([id]) => ({ status: 200, body: { consents: house.get(id).consents } })],
  ['POST', /^customers\/([^/]+)\/consents$/, ([id], _query, { sources }) => {
    const unknown = sources.filter((source) => source !== 'bank')
    if (unknown.length > 0) return problem(400, 'SOURCE_UNKNOWN', 'a source is not known here', 'known sources: bank')
    const consents = [consentOf(sources)]
    house.get(id).consents.unshift(...consents)
    return { status: 201, body: { consents } }
  }],
  ['POST', /^consents\/([^/]+)\/(revoke|pause|resume)$/, ([consent_id, event]) => {
    const [customer] = [...house.values()].filter(({ consents }) => consents.some((consent) => consent.consent_id === consent_id))
    const consent = customer.consents.find((held) => held.consent_id === consent_id)
    consent.state = { revoke: 'REVOKED', pause: 'PAUSED', resume: 'ACTIVE' }[event]
    if (event === 'revoke') customer.hasResults = false
    consent.has_certificate = event === 'revoke'
    return { status: 200, body: { consent_id, state: consent.state, removed: event === 'revoke' ? { deliveries: 1, objects: 6 } : null } }
  }],
  ['GET', /^consents\/([^/]+)\/certificate$/, ([consent_id]) => ({ status: 200, body: { kind: 'erasure', consent_id } })],
  ['GET', /^customers\/([^/]+)\/runs$/, ([id]) => ({ status: 200, body: { runs: house.get(id).runs } })],
  ['POST', /^customers\/([^/]+)\/runs$/, ([id]) => refusal(house.get(id), id) ?? start(house.get(id))],
  ['GET', /^customers\/([^/]+)\/results$/, ([id]) => {
    const { hasResults, isStale = false } = house.get(id)
    const summaries = hasResults ? [{ name: 'bank', as_of: '2026-10-31', is_stale: isStale, metrics: metrics.map(evidenceOf) }] : []
    return refusal(house.get(id), id) ?? { status: 200, body: { as_of: hasResults ? '2026-10-31' : null, summaries } }
  }],
  ['GET', /^customers\/([^/]+)\/explain\/([^/]+)$/, ([id, metric], query) => refusal(house.get(id), id) ?? explain(metric, query)],
]

async function bodyOf(request) {
  let text = ''
  for await (const part of request) text += part
  return text === '' ? {} : JSON.parse(text)
}

async function api(request, url, response) {
  const path = url.pathname.slice('/api/'.length)
  const feed = feeds.get(/^runs\/([^/]+)\/events$/.exec(path)?.[1])
  if (!request.headers.cookie?.includes('bahi_session')) return send(response, problem(401, 'SIGN_IN_REQUIRED', 'nobody is signed in here', 'run `bahi serve` and open the link it prints'))
  if (feed) return stream(feed, response)
  for (const [method, pattern, answer] of ROUTES) {
    const match = pattern.exec(path)
    if (match && method === request.method) return send(response, answer(match.slice(1).map(decodeURIComponent), url.searchParams, await bodyOf(request)))
  }
  return send(response, problem(404, 'PATH_NOT_FOUND', 'nothing is served at this path', ''))
}

function send(response, { status, body }) {
  response.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' }).end(JSON.stringify(body))
}

async function page(url, response) {
  const name = extname(url.pathname) === '' ? '/index.html' : normalize(url.pathname)
  const content = await readFile(join(STATIC, name)).catch(() => null)
  response.writeHead(content === null ? 404 : 200, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain' }).end(content ?? '')
}

createServer((request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${PORT}`)
  response.setHeader('Content-Security-Policy', POLICY)
  if (url.pathname === '/sign-in') return response.writeHead(303, { Location: '/', 'Set-Cookie': 'bahi_session=mock; HttpOnly; SameSite=Strict; Path=/' }).end()
  return url.pathname.startsWith('/api/') ? api(request, url, response) : page(url, response)
}).listen(PORT, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${PORT}/sign-in?token=mock\n`))
