import type { Text } from '@/i18n/text'

const UNIT_SUFFIX = /_(paise|ppm|bps|days|months|n|count)$/

/** bank.upi_receipts_paise as UPI receipts: a metric or source needs no entry here to read well. */
export function nameText(id: string, text: Text): string {
  const bare = (id.split('.').at(-1) ?? id).replace(UNIT_SUFFIX, '')
  const words = bare.split('_').map((word) => {
    const shout = word.toUpperCase()
    return text.acronyms.includes(shout) ? shout : word
  })
  const phrase = words.join(' ')
  return phrase.charAt(0).toUpperCase() + phrase.slice(1)
}

export function stateText(state: string, text: Text): string {
  return text.states[state] ?? nameText(state.toLowerCase(), text)
}

export function stepText(step: string, text: Text): string {
  return text.runs.steps[step] ?? nameText(step, text)
}

/** Under the heading of its source a metric need not name it again. */
export function titleUnder(source: string, title: string): string {
  const rest = title.startsWith(`${source}: `) ? title.slice(source.length + 2) : title
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** A code such as EMI_OVERDUE or hsn_b2b reads as words; what carries its own capitals or marks stays as it came. */
export function codeText(code: string, text: Text): string {
  return /^([A-Z_]+|[a-z0-9_]+)$/.test(code) ? nameText(code.toLowerCase(), text) : code
}
