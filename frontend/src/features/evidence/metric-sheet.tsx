import { useInfiniteQuery, useQueryClient, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query'
import { explainQuery, resultsQuery } from '@/api/queries'
import type { Explained } from '@/api/types'
import { Dialog } from '@/design/dialog'
import { Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { EvidenceLines } from '@/features/evidence/evidence-lines'
import { MetricFacts } from '@/features/evidence/metric-facts'
import { nullText } from '@/i18n/metric-words'
import { nameText } from '@/i18n/names'
import { quantityAside, quantityFull } from '@/i18n/quantity'
import { useText } from '@/i18n/text'

type Props = { customerId: string; metricId: string; onClose: () => void }

export function MetricSheet({ customerId, metricId, onClose }: Props) {
  const text = useText()
  const explained = useInfiniteQuery(explainQuery(customerId, metricId))
  const first = explained.data?.pages[0]
  const listed = useListedTitle(customerId, metricId)
  return (
    <Dialog
      shape="sheet"
      title={first?.definition.title ?? listed ?? nameText(metricId, text)}
      closeLabel={text.close}
      onClose={onClose}
    >
      <Contents explained={explained} />
    </Dialog>
  )
}

/** The row the sheet was opened from names it before its lines have come. */
function useListedTitle(customerId: string, metricId: string): string | undefined {
  const results = useQueryClient().getQueryData(resultsQuery(customerId).queryKey)
  const metrics = results?.summaries.flatMap((summary) => summary.metrics) ?? []
  return metrics.find((metric) => metric.id === metricId)?.title
}

/** A refusal wins over pages read earlier; a page that failed to come stands under those that did. */
function Contents({ explained }: { explained: UseInfiniteQueryResult<InfiniteData<Explained>> }) {
  const text = useText()
  if (explained.isError && !explained.isFetchNextPageError) {
    return <ProblemNotice error={explained.error} onRetry={() => void explained.refetch()} />
  }
  const pages = explained.data?.pages ?? []
  const [first] = pages
  if (!first) return <Skeleton rows={8} label={text.loading} />
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <Value explained={first} />
      <MetricFacts explained={first} />
      <EvidenceLines lines={pages.flatMap((page) => page.lines)} total={first.lines_n} more={explained} />
    </div>
  )
}

function Value({ explained: { metric } }: { explained: Explained }) {
  const text = useText()
  const aside = metric.value === null ? null : quantityAside(metric.value, metric.unit, text)
  return (
    <div className="grid gap-0.5">
      {metric.value === null ? (
        <p className="text-lg font-semibold text-warn">{text.evidence.nothing(nullText(metric.null_reason, text))}</p>
      ) : (
        <output className="text-2xl font-semibold tracking-tight break-words">
          {quantityFull(metric.value, metric.unit, text)}
          {aside !== null && <span className="ml-2 text-base font-normal tracking-normal text-quiet">{aside}</span>}
        </output>
      )}
      <code className="font-mono text-xs text-quiet">{metric.id}</code>
    </div>
  )
}
