import { dayText, monthText } from '@/i18n/dates'
import type { Text } from '@/i18n/text'

type Days = { from: string; to: string }
type Coverage = { months_needed: number; months_full: number; days_received: number; days_window: number }

export function windowText(window: Days | null, text: Text): string {
  if (window === null) return text.results.noWindow
  const say = isWholeMonths(window) ? monthText : dayText
  return text.results.span(say(window.from, text), say(window.to, text))
}

/** Months speak when a metric needs full months; otherwise its days do. */
export function coverageText(coverage: Coverage | null, text: Text): string {
  if (coverage === null) return text.results.noCoverage
  if (coverage.months_needed > 0) return text.results.months(coverage.months_full, coverage.months_needed)
  return text.results.days(coverage.days_received, coverage.days_window)
}

export function daysText(coverage: Coverage, text: Text): string {
  return text.results.days(coverage.days_received, coverage.days_window)
}

export function nullText(reason: string | null, text: Text): string {
  return text.results.nullReasons[reason ?? ''] ?? text.results.notComputed
}

/** A window of full months reads better without its days. */
function isWholeMonths({ from, to }: Days): boolean {
  const next = new Date(Date.parse(to) + 24 * 60 * 60 * 1000)
  return from.endsWith('-01') && next.getUTCDate() === 1
}
