import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { startRun } from '@/api/actions'
import { runsQuery } from '@/api/queries'
import type { Noise } from '@/api/types'
import { Panel, Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { LiveRun } from '@/features/runs/live-run'
import { RunHistory } from '@/features/runs/run-history'
import { StartRun } from '@/features/runs/start-run'
import { useLiveRun } from '@/features/runs/use-live-run'
import { useText } from '@/i18n/text'

export function RunsPanel({ customerId }: { customerId: string }) {
  const text = useText()
  const queries = useQueryClient()
  const runs = useQuery(runsQuery(customerId))
  const { live, isRunning, follow, end } = useLiveRun(runs.data?.runs ?? [])
  const start = useMutation({
    mutationFn: (noise: Noise) => startRun(customerId, noise),
    onSuccess: ({ run_id }) => {
      follow(run_id)
      void queries.invalidateQueries({ queryKey: runsQuery(customerId).queryKey })
    },
  })
  return (
    <Panel title={text.runs.title} aside={<StartRun isBusy={start.isPending || isRunning} onStart={start.mutate} />}>
      <div className="grid gap-4">
        <p className="text-quiet">{text.runs.lead}</p>
        {start.isError && <ProblemNotice error={start.error} title={text.problem.notDone} />}
        {live !== null && <LiveRun key={live} customerId={customerId} runId={live} onEnd={end} />}
        {runs.isError && <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />}
        {runs.isPending && <Skeleton rows={2} label={text.loading} />}
        <RunHistory runs={runs.data?.runs.filter((run) => run.run_id !== live) ?? []} />
      </div>
    </Panel>
  )
}
