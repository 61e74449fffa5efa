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

/** ₹18.4 L, ₹2.31 Cr; below one lakh the whole rupees. */
export function inrShort(paise: number): string {
  const size = Math.abs(paise)
  const tenths = halfEven(size, PAISE_PER_LAKH / 10)
  if (size < PAISE_PER_LAKH) {
    const rupees = halfEven(size, 100)
    if (rupees < 100_000) return `${sign(rupees === 0 ? 0 : paise)}₹${grouped(String(rupees))}`
  }
  if (tenths < 1000) return `${sign(paise)}₹${pointed(tenths, 1)} L`
  return `${sign(paise)}₹${pointed(halfEven(size, PAISE_PER_CRORE / 100), 2)} Cr`
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

function pointed(scaled: number, places: number): string {
  const factor = 10 ** places
  return `${grouped(String(Math.floor(scaled / factor)))}.${String(scaled % factor).padStart(places, '0')}`
}
