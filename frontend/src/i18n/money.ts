/** Rupees from whole paise. Browsers' compact en-IN is too coarse and its minus is a hyphen, so both forms are our own. */

const MINUS = '\u2212'
const PAISE_PER_LAKH = 10_000_000
const PAISE_PER_CRORE = 1_000_000_000

/** Groups as India does: the last three digits, then pairs. */
export function grouped(digits: string): string {
  const head = digits.slice(0, -3)
  const tail = digits.slice(-3)
  return head === '' ? tail : `${head.replace(/\B(?=(\d{2})+$)/g, ',')},${tail}`
}

export function wholeNumber(value: number): string {
  return `${value < 0 ? MINUS : ''}${grouped(String(Math.abs(value)))}`
}

export function inrFull(paise: number): string {
  const size = Math.abs(paise)
  const rest = String(size % 100).padStart(2, '0')
  return `${sign(paise)}₹${grouped(String(Math.floor(size / 100)))}.${rest}`
}

/** Three significant figures, as ₹18.4 L or ₹2.31 Cr; below one lakh the whole rupees. */
export function inrShort(paise: number): string {
  const size = Math.abs(paise)
  const rupees = halfEven(size, 100)
  if (rupees < 100_000) return `${sign(rupees === 0 ? 0 : paise)}₹${grouped(String(rupees))}`
  // 99.95 lakh would round to 100 lakh, which people call a crore.
  if (size < PAISE_PER_CRORE - PAISE_PER_LAKH / 20) return `${sign(paise)}₹${threeFigures(size, PAISE_PER_LAKH)} L`
  return `${sign(paise)}₹${threeFigures(size, PAISE_PER_CRORE)} Cr`
}

function sign(value: number): string {
  return value < 0 ? MINUS : ''
}

function halfEven(size: number, unit: number): number {
  const floor = Math.floor(size / unit)
  const twice = (size % unit) * 2
  if (twice === unit) return floor + (floor % 2)
  return twice > unit ? floor + 1 : floor
}

function threeFigures(size: number, unit: number): string {
  for (const places of [2, 1]) {
    const factor = 10 ** places
    const scaled = halfEven(size, unit / factor)
    if (scaled < 1000) return `${String(Math.floor(scaled / factor))}.${String(scaled % factor).padStart(places, '0')}`
  }
  return grouped(String(halfEven(size, unit)))
}
