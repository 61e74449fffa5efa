import { Link } from 'wouter'
import type { Metric } from '@/api/types'
import { metricPath } from '@/features/results/metric-path'
import { quantityFull, quantityShort } from '@/i18n/quantity'
import { useText } from '@/i18n/text'

/** What an analyst looks at first; a metric that is absent leaves no gap. */
const FIRST = ['bank.credits_paise', 'bank.debits_paise', 'bank.net_flow_paise', 'bank.closing_balance_paise']

export function Headline({ customerId, metrics }: { customerId: string; metrics: readonly Metric[] }) {
  const text = useText()
  const shown = FIRST.flatMap((id) => metrics.filter((metric) => metric.id === id && metric.value !== null))
  if (shown.length === 0) return null
  return (
    <ul className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      {shown.map(({ id, title, value, unit }) => (
        <li key={id} className="relative flex min-w-0 flex-col rounded-lg border border-line bg-surface px-4 py-3 shadow-lift hover:bg-hover">
          <Link
            href={metricPath(customerId, id)}
            className="mb-auto text-xs text-balance text-quiet after:absolute after:inset-0 after:rounded-lg"
          >
            {title}
          </Link>
          <p className="figures text-2xl font-semibold tracking-tight">{quantityShort(value ?? 0, unit, text)}</p>
          <p className="figures truncate text-xs text-quiet">{quantityFull(value ?? 0, unit, text)}</p>
        </li>
      ))}
    </ul>
  )
}
