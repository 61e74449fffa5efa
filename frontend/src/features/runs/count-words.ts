import type { Run } from '@/api/types'
import { inrShort, wholeNumber } from '@/i18n/money'
import { nameText } from '@/i18n/names'
import type { Text } from '@/i18n/text'

const PAISE = '_paise'

/** Counts as a sentence would order them, amounts beside the count they belong to: 98 duplicate (₹2.92 L). */
export function countWords(counts: Run['counts'], text: Text): string {
  const order = Object.keys(text.runs.counts)
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  return Object.entries(counts)
    .filter(([name, count]) => count !== 0 && !isBesideIts(name, counts))
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([name, count]) => said(name, count, counts, text))
    .join(' · ')
}

function isBesideIts(name: string, counts: Run['counts']): boolean {
  return name.endsWith(PAISE) && (counts[name.slice(0, -PAISE.length)] ?? 0) !== 0
}

function said(name: string, count: number, counts: Run['counts'], text: Text): string {
  if (name.endsWith(PAISE)) return `${nameText(name, text).toLowerCase()} ${inrShort(count)}`
  if (name === 'bytes') return text.runs.size(count)
  const words = text.runs.counts[name]?.(count) ?? nameText(name, text).toLowerCase()
  const paise = counts[name + PAISE]
  return `${wholeNumber(count)} ${words}${paise === undefined ? '' : ` (${inrShort(paise)})`}`
}
