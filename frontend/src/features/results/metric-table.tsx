import { Link } from 'wouter'
import type { Metric } from '@/api/types'
import { ChevronIcon } from '@/design/icons'
import { metricPath } from '@/features/results/metric-path'
import { coverageText, nullText, windowText } from '@/i18n/metric-words'
import { wholeNumber } from '@/i18n/money'
import { quantityFull } from '@/i18n/quantity'
import { useText } from '@/i18n/text'

const HEAD = 'py-1.5 text-xs font-medium text-quiet'

export function MetricTable({ customerId, metrics }: { customerId: string; metrics: readonly Metric[] }) {
  const text = useText()
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className={`${HEAD} text-left`}>{text.results.metric}</th>
          <th scope="col" className={`${HEAD} text-right`}>{text.results.value}</th>
          <th scope="col" className={`${HEAD} pl-6 text-left max-lg:hidden`}>{text.results.window}</th>
          <th scope="col" className={`${HEAD} pl-4 text-left max-md:hidden`}>{text.results.coverage}</th>
          <th scope="col" className={`${HEAD} text-right max-md:hidden`}>{text.results.lines}</th>
          <td className="w-6" />
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <MetricRow key={metric.id} customerId={customerId} metric={metric} />
        ))}
      </tbody>
    </table>
  )
}

function MetricRow({ customerId, metric }: { customerId: string; metric: Metric }) {
  const text = useText()
  const window = windowText(metric.window, text)
  const coverage = coverageText(metric.coverage, text)
  return (
    <tr data-metric={metric.id} className="relative border-b border-line last:border-0 hover:bg-hover">
      <th scope="row" className="py-2 text-left font-medium whitespace-nowrap">
        <Link href={metricPath(customerId, metric.id)} className="after:absolute after:inset-0">
          {metric.title}
        </Link>
        <span className="block text-xs font-normal text-quiet md:hidden">{coverage}</span>
      </th>
      <td className="py-2 pl-3 text-right">
        {metric.value === null ? (
          <span className="block text-balance text-warn">{nullText(metric.null_reason, text)}</span>
        ) : (
          <span className="font-semibold whitespace-nowrap">{quantityFull(metric.value, metric.unit, text)}</span>
        )}
      </td>
      <td className="py-2 pl-6 whitespace-nowrap text-quiet max-lg:hidden">{window}</td>
      <td className="py-2 pl-4 whitespace-nowrap text-quiet max-md:hidden">{coverage}</td>
      <td className="py-2 pl-4 text-right text-quiet max-md:hidden">{wholeNumber(metric.n)}</td>
      <td className="w-6 text-right text-quiet">
        <ChevronIcon className="ml-auto size-3.5" />
      </td>
    </tr>
  )
}
