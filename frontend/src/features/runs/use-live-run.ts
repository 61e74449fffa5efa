import { useCallback, useState } from 'react'
import type { Run } from '@/api/types'

/** Which run the page follows: the one started here, or one the ledger holds open, as after a reload. */
export function useLiveRun(runs: readonly Run[] = []) {
  const [followed, follow] = useState<string | null>(null)
  const [ended, setEnded] = useState<string | null>(null)
  const live = followed ?? openRun(runs)
  const end = useCallback(() => {
    // The run stays on the page with its ending until another one starts.
    follow(live)
    setEnded(live)
  }, [live])
  const leave = useCallback(() => {
    follow(null)
  }, [])
  return { live, isRunning: live !== null && live !== ended, follow, leave, end }
}

/** A row without a source is a whole flow, and events are told under it; its steps for one source have rows of their own. */
function openRun(runs: readonly Run[]): string | null {
  const open = runs.filter((run) => run.status === 'running')
  return (open.find((run) => run.source === null) ?? open[0])?.run_id ?? null
}
