import { Link } from 'wouter'
import type { Metric } from '@/api/types'
import { ChevronIcon } from '@/design/icons'
import { metricPath } from '@/features/results/metric-path'
import { nullText } from '@/i18n/metric-words'
import { wholeNumber } from '@/i18n/money'
import { titleUnder } from '@/i18n/names'
import { quantityAside, quantityFull } from '@/i18n/quantity'
import { useText } from '@/i18n/text'

const HEAD = 'py-1.5 text-xs font-medium text-quiet'

/** What a row has to say of itself beside its number. */
export type Row = { metric: Metric; basis: string }
type Props = { customerId: string; source: string; rows: readonly Row[] }

export function MetricTable({ customerId, source, rows }: Props) {
  const text = useText()
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={`${HEAD} text-left`}>{text.results.metric}</th>
          <th scope="col" className={`${HEAD} text-right`}>{text.results.value}</th>
          <th scope="col" className={`${HEAD} w-20 text-right max-sm:hidden`}>{text.results.lines}</th>
          <td className="w-6" />
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <MetricRow key={row.metric.id} customerId={customerId} source={source} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function MetricRow({ customerId, source, row: { metric, basis } }: { customerId: string; source: string; row: Row }) {
  return (
    <tr data-metric={metric.id} className="relative border-b border-line last:border-0 hover:bg-hover">
      <th scope="row" className="py-2 text-left font-medium">
        <Link href={metricPath(customerId, metric.id)} className="after:absolute after:inset-0">
          {titleUnder(source, metric.title)}
        </Link>
        {basis !== '' && <span className="figures block text-xs font-normal text-quiet">{basis}</span>}
      </th>
      <td className="py-2 pl-3 text-right">
        <Value metric={metric} />
      </td>
      <td className="py-2 pl-4 text-right text-quiet max-sm:hidden">{wholeNumber(metric.n)}</td>
      <td className="w-6 text-right text-quiet">
        <ChevronIcon className="ml-auto size-3.5" />
      </td>
    </tr>
  )
}

function Value({ metric: { value, unit, null_reason } }: { metric: Metric }) {
  const text = useText()
  if (value === null) return <span className="block text-balance text-warn">{nullText(null_reason, text)}</span>
  const aside = quantityAside(value, unit, text)
  return (
    <>
      <span className="font-semibold whitespace-nowrap">{quantityFull(value, unit, text)}</span>
      {aside !== null && <span className="block text-xs whitespace-nowrap text-quiet">{aside}</span>}
    </>
  )
}
