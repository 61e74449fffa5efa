import { inrFull, inrShort, wholeNumber } from '@/i18n/money'
import type { Text } from '@/i18n/text'

/** A metric's value in full; the unit decides the form. */
export function quantityFull(value: number, unit: string, text: Text): string {
  switch (unit) {
    case 'paise':
      return inrFull(value)
    case 'ppm':
      return `${scaled(value, 10_000, 2)} %`
    case 'bps':
      return `${scaled(value, 100, 2)} %`
    default: {
      const name = text.units[unit] ?? unit
      return name === '' ? wholeNumber(value) : `${wholeNumber(value)} ${name}${value === 1 || unit === name ? '' : 's'}`
    }
  }
}

export function quantityShort(value: number, unit: string, text: Text): string {
  return unit === 'paise' ? inrShort(value) : quantityFull(value, unit, text)
}

function scaled(value: number, factor: number, places: number): string {
  const size = Math.abs(value)
  const rest = Math.floor(((size % factor) * 10 ** places) / factor)
  const whole = wholeNumber(Math.floor(size / factor))
  return `${value < 0 ? '\u2212' : ''}${whole}.${String(rest).padStart(places, '0')}`
}

const DAYS_PER_MONTH = 30.4375
const MONTHS_WORTH_SAYING = 2

/** Beside many days, how many months they come to; anything else needs no second word. */
export function quantityAside(value: number, unit: string, text: Text): string | null {
  const months = Math.round(value / DAYS_PER_MONTH)
  return unit === 'days' && months >= MONTHS_WORTH_SAYING ? text.aboutMonths(wholeNumber(months)) : null
}
