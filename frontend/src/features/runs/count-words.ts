import type { Run } from '@/api/types'
import { wholeNumber } from '@/i18n/money'
import { nameText } from '@/i18n/names'
import type { Text } from '@/i18n/text'

/** Counts in the order a sentence would give them: 4,617 items · 98 duplicate. */
export function countWords(counts: Run['counts'], text: Text): string {
  const order = Object.keys(text.runs.counts)
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  return Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([name, count]) => said(name, count, text))
    .join(' · ')
}

function said(name: string, count: number, text: Text): string {
  if (name === 'bytes') return text.runs.size(count)
  const words = text.runs.counts[name]?.(count) ?? nameText(name, text).toLowerCase()
  return `${wholeNumber(count)} ${words}`
}
