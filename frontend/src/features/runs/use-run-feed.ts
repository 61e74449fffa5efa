import { useEffect, useReducer, useState } from 'react'
import { followRun } from '@/api/run-events'
import { emptyFeed, turned } from '@/features/runs/feed'

/** Follows one run; the component that calls it is keyed by the run, so a feed never changes its run. */
export function useRunFeed(runId: string) {
  const [feed, turn] = useReducer(turned, emptyFeed)
  const [tries, setTries] = useState(0)
  useEffect(
    () =>
      followRun(runId, {
        onEvent: (event) => {
          turn({ type: 'event', event })
        },
        onEnd: (end) => {
          turn({ type: 'end', end })
        },
        onLost: () => {
          turn({ type: 'lost' })
        },
      }),
    [runId, tries],
  )
  const again = () => {
    turn({ type: 'again' })
    setTries((count) => count + 1)
  }
  return { feed, again }
}
