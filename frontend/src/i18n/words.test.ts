import { describe, expect, test } from 'vitest'
import { dayText, momentDayText, momentText } from '@/i18n/dates'
import { coverageText, nullText, windowText } from '@/i18n/metric-words'
import { inrFull, inrShort, wholeNumber } from '@/i18n/money'
import { codeText, nameText, titleUnder } from '@/i18n/names'
import { quantityAside, quantityFull } from '@/i18n/quantity'
import { languages } from '@/i18n/text'

const text = languages.en

describe('money', () => {
  test.each([
    [0, '₹0.00'],
    [5, '₹0.05'],
    [99999, '₹999.99'],
    [100000, '₹1,000.00'],
    [1234567890, '₹1,23,45,678.90'],
    [-1842055, '\u2212₹18,420.55'],
    [9007199254740991, '₹9,00,71,99,25,47,409.91'],
  ])('%d paise in full is %s', (paise, words) => {
    expect(inrFull(paise)).toBe(words)
  })

  test.each([
    [0, '₹0'],
    [-49, '₹0'],
    [50, '₹0'],
    [150, '₹2'],
    [9_999_949, '₹99,999'],
    [9_999_950, '₹1.00 L'],
    [184_000_000, '₹18.4 L'],
    [18_450_000, '₹1.84 L'],
    [18_550_000, '₹1.86 L'],
    [999_499_999, '₹99.9 L'],
    [999_500_000, '₹1.00 Cr'],
    [2_310_000_000, '₹2.31 Cr'],
    [-2_310_000_000, '\u2212₹2.31 Cr'],
    [1_234_567_000_000, '₹1,235 Cr'],
  ])('%d paise in short is %s', (paise, words) => {
    expect(inrShort(paise)).toBe(words)
  })

  test('a count carries the same minus as money', () => {
    expect(wholeNumber(-1234567)).toBe('\u221212,34,567')
  })
})

describe('quantities', () => {
  test.each([
    [12, 'paise', '₹0.12'],
    [123_456, 'ppm', '12.34 %'],
    [-1050, 'bps', '\u221210.50 %'],
    [1, 'days', '1 day'],
    [31, 'days', '31 days'],
    [1204, 'count', '1,204'],
    [7, 'furlongs', '7 furlongs'],
  ])('%d %s is %s', (value, unit, words) => {
    expect(quantityFull(value, unit, text)).toBe(words)
  })

  test.each([
    [408, 'days', 'about 13 months'],
    [45, 'days', null],
    [408, 'count', null],
    [1_200_000, 'paise', null],
  ])('beside %d %s stands %s', (value, unit, words) => {
    expect(quantityAside(value, unit, text)).toBe(words)
  })
})

describe('days', () => {
  test('a moment shows the Indian day, even when the world is a day behind', () => {
    expect(momentText('2026-09-30T19:05:00Z', text)).toBe('1 Oct 2026, 00:35')
    expect(momentDayText('2027-02-14T18:29:59Z', text)).toBe('14 Feb 2027')
  })

  test('September is Sep, and what is no day is shown as it came', () => {
    expect(dayText('2026-09-05', text)).toBe('5 Sep 2026')
    expect(dayText('soon', text)).toBe('soon')
  })

  test('a window of whole months drops its days', () => {
    expect(windowText({ from: '2025-11-01', to: '2026-10-31' }, text)).toBe('Nov 2025 – Oct 2026')
    expect(windowText({ from: '2025-11-02', to: '2026-10-31' }, text)).toBe('2 Nov 2025 – 31 Oct 2026')
    expect(windowText(null, text)).toBe('No window')
  })
})

describe('metrics in words', () => {
  test('a metric names itself, acronyms kept', () => {
    expect(nameText('bank.upi_receipts_paise', text)).toBe('UPI receipts')
    expect(nameText('mutual_funds', text)).toBe('Mutual funds')
  })

  test('under the heading of its source a metric does not name it again', () => {
    expect(titleUnder('GST returns', 'GST returns: days told')).toBe('Days told')
    expect(titleUnder('Bank deposits', 'Money in')).toBe('Money in')
  })

  test.each([
    ['EMI_OVERDUE', 'EMI overdue'],
    ['hsn_b2b', 'HSN B2B'],
    ['In-progress', 'In-progress'],
    ['GSTR3B', 'GSTR3B'],
    ['nukkadcart.example', 'nukkadcart.example'],
  ])('the code %s reads %s', (code, words) => {
    expect(codeText(code, text)).toBe(words)
  })

  test('a reason is words, and one not known here is never shown as a number', () => {
    expect(nullText('INSUFFICIENT_HISTORY', text)).toBe('Too few full months')
    expect(nullText('SOMETHING_ELSE', text)).toBe('Not computed')
  })

  test('coverage counts months when months are needed, days otherwise', () => {
    const coverage = { months_needed: 12, months_full: 7, days_received: 214, days_window: 365 }
    expect(coverageText(coverage, text)).toBe('7 of 12 full months')
    expect(coverageText({ ...coverage, months_needed: 0 }, text)).toBe('214 of 365 days')
  })
})
