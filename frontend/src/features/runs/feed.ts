import type { RunEnd, RunEvent } from '@/api/run-events'

/** What is known of a run while it goes on: the latest word of each step and source, in the order they began. */
export type Feed = { seq: number; stages: readonly Stage[]; end: RunEnd | null; isLost: boolean }
export type Stage = { step: string; parts: readonly RunEvent[] }
export type Turn = { type: 'event'; event: RunEvent } | { type: 'end'; end: RunEnd } | { type: 'lost' } | { type: 'again' }

const STEPS = ['generate', 'clean', 'analyze']

export const emptyFeed: Feed = { seq: 0, stages: STEPS.map((step) => ({ step, parts: [] })), end: null, isLost: false }

export function turned(feed: Feed, turn: Turn): Feed {
  switch (turn.type) {
    case 'event':
      return turn.event.seq <= feed.seq ? feed : heard(feed, turn.event)
    case 'end':
      return { ...feed, end: turn.end, isLost: false, stages: turn.end.problem ? broken(feed.stages) : feed.stages }
    case 'lost':
      return { ...feed, isLost: feed.end === null }
    case 'again':
      return { ...feed, isLost: false }
  }
}

/** One word for a step: a failure anywhere is a failure, and a step is done when every part is. */
export function stageState({ parts }: Stage): string {
  if (parts.length === 0) return 'waiting'
  if (parts.some((part) => part.kind === 'failed')) return 'failed'
  if (parts.some((part) => partState(part) === 'running')) return 'running'
  return parts.every((part) => part.kind === 'unchanged') ? 'unchanged' : 'done'
}

/** The same of one source within a step. */
export function partState({ kind }: RunEvent): string {
  return kind === 'started' || kind === 'progress' ? 'running' : kind
}

/** How far a part is, from 0 to 1, or null while the total is unknown. */
export function share(part: RunEvent): number | null {
  if (part.kind === 'done' || part.kind === 'unchanged') return 1
  return part.total_n === null || part.total_n === 0 ? null : Math.min(1, part.done_n / part.total_n)
}

/** A run that broke had no time to say where: whatever was still at work is what failed. */
function broken(stages: readonly Stage[]): readonly Stage[] {
  const fallen = (part: RunEvent) => (partState(part) === 'running' ? { ...part, kind: 'failed' } : part)
  return stages.map(({ step, parts }) => ({ step, parts: parts.map(fallen) }))
}

function heard(feed: Feed, event: RunEvent): Feed {
  const isKnown = feed.stages.some((stage) => stage.step === event.step)
  const stages = isKnown ? feed.stages : [...feed.stages, { step: event.step, parts: [] }]
  return {
    ...feed,
    seq: event.seq,
    stages: stages.map((stage) => (stage.step === event.step ? { ...stage, parts: placed(stage.parts, event) } : stage)),
  }
}

function placed(parts: readonly RunEvent[], event: RunEvent): readonly RunEvent[] {
  const isKnown = parts.some((part) => part.source === event.source)
  return isKnown ? parts.map((part) => (part.source === event.source ? event : part)) : [...parts, event]
}
