import type { Metric } from '@/api/types'
import type { Row } from '@/features/results/metric-table'
import { coverageText, windowText } from '@/i18n/metric-words'
import type { Text } from '@/i18n/text'

/** Window and coverage of a summary: what all its metrics share is said once above them, the rest in each row. */
export function basisOf(metrics: readonly Metric[], text: Text): { shared: string; rows: readonly Row[] } {
  const windows = metrics.map(({ window }) => (window === null ? '' : windowText(window, text)))
  const coverages = metrics.map(({ coverage }) => (coverage === null ? '' : coverageText(coverage, text)))
  const window = common(windows)
  const coverage = common(coverages)
  return {
    shared: joined(window, coverage),
    rows: metrics.map((metric, at) => ({
      metric,
      basis: joined(window === null ? windows[at] : null, coverage === null ? coverages[at] : null),
    })),
  }
}

/** The provider answered with its envelope alone: it holds nothing of this customer. Money is never counted this way. */
export function isNothingHeld(metrics: readonly Metric[]): boolean {
  return metrics.every(({ n, unit }) => n <= 1 && unit !== 'paise') && metrics.some(({ n }) => n === 1)
}

function common(texts: readonly string[]): string | null {
  return texts.every((one) => one === texts[0]) ? (texts[0] ?? null) : null
}

function joined(...texts: readonly (string | null | undefined)[]): string {
  return texts.filter((one) => one !== null && one !== undefined && one !== '').join(' · ')
}
