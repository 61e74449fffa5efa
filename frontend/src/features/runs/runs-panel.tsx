import { useQuery } from '@tanstack/react-query'
import { asProblem } from '@/api/problem'
import { runsQuery } from '@/api/queries'
import { Panel, Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { LiveRun } from '@/features/runs/live-run'
import { RunHistory } from '@/features/runs/run-history'
import { StartRun } from '@/features/runs/start-run'
import { useLiveRun } from '@/features/runs/use-live-run'
import { useStart } from '@/features/runs/use-start'
import { useText } from '@/i18n/text'

export function RunsPanel({ customerId }: { customerId: string }) {
  const text = useText()
  const runs = useQuery(runsQuery(customerId))
  const { live, isRunning, follow, leave, end } = useLiveRun(runs.data?.runs)
  const { begin, isStarting, fault } = useStart(customerId, { follow, leave })
  return (
    <Panel title={text.runs.title} aside={<StartRun isBusy={isStarting || isRunning} onStart={begin} />}>
      <div className="grid gap-4">
        <p className="text-quiet">{text.runs.lead}</p>
        {fault !== null && <NotStarted error={fault} />}
        {live !== null && <LiveRun key={live} customerId={customerId} runId={live} onEnd={end} />}
        {runs.isError && <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />}
        {runs.isPending && <Skeleton rows={2} label={text.loading} />}
        {runs.data && <RunHistory runs={runs.data.runs} live={isRunning ? live : null} />}
      </div>
    </Panel>
  )
}

/** A consent for one answer refuses another question; the page alone knows that its noise is part of it. */
function NotStarted({ error }: { error: unknown }) {
  const text = useText()
  const isSpent = asProblem(error).code === 'CONSENT_OVERUSED'
  return (
    <ProblemNotice
      error={error}
      title={text.problem.notDone}
      action={isSpent && <p className="text-pretty text-quiet">{text.runs.spent}</p>}
    />
  )
}
