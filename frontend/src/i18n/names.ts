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
