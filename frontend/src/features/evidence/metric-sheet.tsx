import { useInfiniteQuery } from '@tanstack/react-query'
import { explainQuery } from '@/api/queries'
import type { Explained } from '@/api/types'
import { Dialog } from '@/design/dialog'
import { Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { EvidenceLines } from '@/features/evidence/evidence-lines'
import { MetricFacts } from '@/features/evidence/metric-facts'
import { nullText } from '@/i18n/metric-words'
import { nameText } from '@/i18n/names'
import { quantityFull } from '@/i18n/quantity'
import { useText } from '@/i18n/text'

type Props = { customerId: string; metricId: string; onClose: () => void }

export function MetricSheet({ customerId, metricId, onClose }: Props) {
  const text = useText()
  const explained = useInfiniteQuery(explainQuery(customerId, metricId))
  const first = explained.data?.pages[0]
  const isRefused = explained.isError && !explained.isFetchNextPageError
  return (
    <Dialog
      shape="sheet"
      title={first?.definition.title ?? nameText(metricId, text)}
      closeLabel={text.close}
      onClose={onClose}
    >
      {isRefused && <ProblemNotice error={explained.error} onRetry={() => void explained.refetch()} />}
      {explained.isPending && <Skeleton rows={8} label={text.loading} />}
      {first && !isRefused && (
        <div className="grid gap-5">
          <Value explained={first} />
          <MetricFacts explained={first} />
          <EvidenceLines
            lines={explained.data?.pages.flatMap((page) => page.lines) ?? []}
            total={first.lines_n}
            more={explained}
          />
        </div>
      )}
    </Dialog>
  )
}

function Value({ explained: { metric } }: { explained: Explained }) {
  const text = useText()
  return (
    <div className="grid gap-0.5">
      {metric.value === null ? (
        <p className="text-lg font-semibold text-warn">{nullText(metric.null_reason, text)}</p>
      ) : (
        <output className="text-2xl font-semibold tracking-tight break-words">
          {quantityFull(metric.value, metric.unit, text)}
        </output>
      )}
      <code className="font-mono text-xs text-quiet">{metric.id}</code>
    </div>
  )
}
