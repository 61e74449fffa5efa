import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { startRun } from '@/api/actions'
import { runsQuery } from '@/api/queries'
import type { Noise, Run } from '@/api/types'
import { Panel, Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { LiveRun } from '@/features/runs/live-run'
import { RunHistory } from '@/features/runs/run-history'
import { StartRun } from '@/features/runs/start-run'
import { useText } from '@/i18n/text'

const STEPS = ['generate', 'clean', 'analyze']

export function RunsPanel({ customerId }: { customerId: string }) {
  const text = useText()
  const queries = useQueryClient()
  const runs = useQuery(runsQuery(customerId))
  const [followed, setFollowed] = useState<string | null>(null)
  const [ended, setEnded] = useState<string | null>(null)
  const start = useMutation({
    mutationFn: (noise: Noise) => startRun(customerId, noise),
    onSuccess: ({ run_id }) => {
      setFollowed(run_id)
      void queries.invalidateQueries({ queryKey: runsQuery(customerId).queryKey })
    },
  })
  const all = runs.data?.runs ?? []
  const live = followed ?? openRun(all)
  const end = useCallback(() => {
    // The run stays on the page with its ending until another one starts.
    setFollowed(live)
    setEnded(live)
  }, [live])
  const isRunning = live !== null && live !== ended
  return (
    <Panel title={text.runs.title} aside={<StartRun isBusy={start.isPending || isRunning} onStart={start.mutate} />}>
      <div className="grid gap-4">
        <p className="text-quiet">{text.runs.lead}</p>
        {start.isError && <ProblemNotice error={start.error} title={text.problem.notDone} />}
        {live !== null && <LiveRun key={live} customerId={customerId} runId={live} onEnd={end} />}
        {runs.isError && <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />}
        {runs.isPending && <Skeleton rows={2} label={text.loading} />}
        {all.length > 0 && <RunHistory runs={all.filter((run) => run.run_id !== live)} />}
      </div>
    </Panel>
  )
}

/** After a reload: the whole flow that is still open, or failing that a single step somebody started. */
function openRun(runs: readonly Run[]): string | null {
  const open = runs.filter((run) => run.status === 'running')
  return (open.find((run) => !STEPS.includes(run.step)) ?? open[0])?.run_id ?? null
}
