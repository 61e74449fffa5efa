import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { asProblem } from '@/api/problem'
import { resultsQuery } from '@/api/queries'
import { useSourceTitle } from '@/api/source-titles'
import type { Summary } from '@/api/types'
import { Badge } from '@/design/badge'
import { PlayIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { Panel, Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { basisOf, isNothingHeld } from '@/features/results/basis'
import { Headline } from '@/features/results/headline'
import { metricPath } from '@/features/results/metric-path'
import { MetricTable } from '@/features/results/metric-table'
import { dayText } from '@/i18n/dates'
import { useText } from '@/i18n/text'

/** The service's word for a customer whose flow has not been run yet. */
const NOT_YET = 'NOTHING_ANALYZED'

export function ResultsPanel({ customerId }: { customerId: string }) {
  const text = useText()
  const results = useQuery(resultsQuery(customerId))
  // A refusal wins over numbers read earlier: what may no longer be read is not shown.
  if (results.isError) {
    if (asProblem(results.error).code === NOT_YET) return <NoResults />
    return (
      <Panel title={text.results.title}>
        <ProblemNotice error={results.error} onRetry={() => void results.refetch()} />
      </Panel>
    )
  }
  if (!results.data) return <Panel title={text.results.title}><Skeleton rows={8} label={text.loading} /></Panel>
  const { summaries } = results.data
  if (summaries.length === 0) return <NoResults />
  return (
    <div className="grid min-w-0 gap-3">
      {summaries.some((summary) => summary.is_stale) && <Notice tone="warn" title={text.results.staleHint} />}
      <Headline customerId={customerId} metrics={summaries.flatMap((summary) => summary.metrics)} />
      {summaries.map((summary) => (
        <SummaryPanel key={summary.name} customerId={customerId} summary={summary} />
      ))}
    </div>
  )
}

function NoResults() {
  const text = useText()
  return (
    <Panel title={text.results.title}>
      <Notice icon={<PlayIcon className="size-5" />} title={text.results.none}>
        <p className="text-quiet">{text.results.noneHint}</p>
      </Notice>
    </Panel>
  )
}

function SummaryPanel({ customerId, summary }: { customerId: string; summary: Summary }) {
  const text = useText()
  const title = useSourceTitle()(summary.name)
  const aside = (
    <span className="flex flex-wrap items-center gap-2 text-xs text-quiet">
      {summary.is_stale && <Badge tone="warn">{text.results.stale}</Badge>}
      {summary.as_of !== null && text.results.asOf(dayText(summary.as_of, text))}
    </span>
  )
  if (isNothingHeld(summary.metrics)) {
    return (
      <Panel title={title} aside={aside}>
        <NothingHeld customerId={customerId} metrics={summary.metrics} />
      </Panel>
    )
  }
  const { shared, rows } = basisOf(summary.metrics, text)
  return (
    <Panel title={title} aside={aside}>
      {shared !== '' && <p className="figures -mt-1 pb-1 text-xs text-quiet">{shared}</p>}
      <MetricTable customerId={customerId} source={title} rows={rows} />
    </Panel>
  )
}

/** Nothing held is an answer as well, and opens down to the line that says so. */
function NothingHeld({ customerId, metrics }: { customerId: string; metrics: Summary['metrics'] }) {
  const text = useText()
  const answer = metrics.find(({ n }) => n > 0)
  return (
    <p className="text-pretty text-quiet">
      {text.results.empty}{' '}
      {answer && (
        <Link href={metricPath(customerId, answer.id)} className="font-medium whitespace-nowrap text-accent underline underline-offset-2">
          {text.results.emptyAnswer}
        </Link>
      )}
    </p>
  )
}
