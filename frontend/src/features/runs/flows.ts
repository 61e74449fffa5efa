import type { Run } from '@/api/types'

/** A whole flow with the steps it took, or a step that was run by itself; newest first, as the service lists them. */
export type Flow = { run: Run; parts: readonly Run[] }

/** The service lists no more rows than these, so the oldest flow may have begun before them. */
const LISTED = 50

export function flowsOf(listed: readonly Run[]): Flow[] {
  const wholes = listed.filter(({ source }) => source === null)
  const runs = listed.length < LISTED ? listed : listed.slice(0, listed.findLastIndex(({ source }) => source === null) + 1)
  const wholeOf = new Map(runs.map((run) => [run.run_id, wholes.find((whole) => isWithin(run, whole))]))
  return runs
    .filter((run) => wholeOf.get(run.run_id) === undefined)
    .map((run) => ({ run, parts: runs.filter((part) => wholeOf.get(part.run_id) === run).toReversed() }))
}

/** Only one flow of a customer is at work at a time, so a step that began within one belongs to it. */
function isWithin(part: Run, whole: Run): boolean {
  if (part.source === null || part.started_at < whole.started_at) return false
  return whole.ended_at === null || part.started_at <= whole.ended_at
}
