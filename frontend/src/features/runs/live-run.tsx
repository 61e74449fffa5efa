import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { refreshCustomer } from '@/api/queries'
import type { RunEnd } from '@/api/run-events'
import { Button } from '@/design/button'
import { CheckIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { ProblemNotice } from '@/design/problem-notice'
import { stageState, type Feed } from '@/features/runs/feed'
import { StageRow } from '@/features/runs/stage-row'
import { useRunFeed } from '@/features/runs/use-run-feed'
import { stateText, stepText } from '@/i18n/names'
import { useText, type Text } from '@/i18n/text'

type Props = { customerId: string; runId: string; onEnd: () => void }

export function LiveRun({ customerId, runId, onEnd }: Props) {
  const text = useText()
  const queries = useQueryClient()
  const { feed, again } = useRunFeed(runId)
  const isOver = feed.end !== null
  useEffect(() => {
    if (!isOver) return
    onEnd()
    void refreshCustomer(queries, customerId)
  }, [isOver, onEnd, queries, customerId])
  return (
    <div className="grid gap-3" data-run={runId}>
      <ol className="grid gap-2.5" aria-label={text.runs.live}>
        {feed.stages.map((stage) => (
          <StageRow key={stage.step} stage={stage} />
        ))}
      </ol>
      <p role="status" className="sr-only">
        {isOver ? '' : lastWord(feed, text)}
      </p>
      {feed.end && <Ending end={feed.end} />}
      {feed.isLost && (
        <Notice isUrgent tone="warn" title={text.runs.lost} action={<Button onClick={again}>{text.runs.reconnect}</Button>} />
      )}
    </div>
  )
}

function Ending({ end }: { end: RunEnd }) {
  const text = useText()
  if (end.problem) return <ProblemNotice error={end.problem} title={text.runs.stopped} />
  return (
    <p role="status" className="flex items-center gap-1.5 font-medium text-good">
      <CheckIcon />
      {end.status === 'unchanged' ? text.runs.unchanged : text.runs.done}
    </p>
  )
}

/** What a reader who cannot see the bars is told: the step at work, and how it stands. */
function lastWord({ stages }: Feed, text: Text): string {
  const spoken = stages.filter((stage) => stage.parts.length > 0).at(-1)
  return spoken === undefined ? '' : text.runs.said(stepText(spoken.step, text), stateText(stageState(spoken), text))
}
