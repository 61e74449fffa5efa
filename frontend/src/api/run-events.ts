import { Problem, problemOf, textIn } from '@/api/problem'

/** A stream has no place in the generated schema, so its two events are read by hand and checked here. */
export type RunEvent = {
  seq: number
  kind: string
  step: string
  source: string
  done_n: number
  total_n: number | null
  note: string
}
export type RunEnd = { status: string; problem: Problem | null }

export type RunListener = { onEvent: (event: RunEvent) => void; onEnd: (end: RunEnd) => void; onLost: () => void }

/** Follows a run until it ends; the browser reconnects by itself, and events seen twice carry the same seq. */
export function followRun(run_id: string, listener: RunListener): () => void {
  const stream = new EventSource(`/api/runs/${encodeURIComponent(run_id)}/events`)
  stream.addEventListener('progress', (message) => {
    const event = runEventOf(parsed(message))
    if (event) listener.onEvent(event)
  })
  stream.addEventListener('end', (message) => {
    stream.close()
    listener.onEnd(runEndOf(parsed(message)))
  })
  stream.addEventListener('error', () => {
    if (stream.readyState === EventSource.CLOSED) listener.onLost()
  })
  return () => {
    stream.close()
  }
}

function parsed(message: MessageEvent<unknown>): unknown {
  try {
    return JSON.parse(String(message.data)) as unknown
  } catch {
    return null
  }
}

function runEventOf(body: unknown): RunEvent | null {
  const seq = countIn(body, 'seq')
  const step = textIn(body, 'step')
  if (seq === null || step === '') return null
  return {
    seq,
    step,
    kind: textIn(body, 'kind'),
    source: textIn(body, 'source'),
    done_n: countIn(body, 'done_n') ?? 0,
    total_n: countIn(body, 'total_n'),
    note: textIn(body, 'note'),
  }
}

function runEndOf(body: unknown): RunEnd {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  if (error === null || error === undefined) return { status: textIn(body, 'status'), problem: null }
  const detail = textIn(error, 'message') || textIn(error, 'detail')
  return {
    status: textIn(body, 'status'),
    problem: problemOf(500, { code: textIn(error, 'code'), hint: textIn(error, 'hint'), detail }),
  }
}

function countIn(body: unknown, key: string): number | null {
  if (typeof body !== 'object' || body === null || !(key in body)) return null
  const found = (body as Readonly<Record<string, unknown>>)[key]
  return typeof found === 'number' ? found : null
}
