import type { Run } from '@/api/types'

/** A whole flow with the steps it took, or a step that was run by itself; newest first, as the service lists them. */
export type Flow = { run: Run; parts: readonly Run[] }

export function flowsOf(runs: readonly Run[]): Flow[] {
  const wholes = runs.filter(({ source }) => source === null)
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
