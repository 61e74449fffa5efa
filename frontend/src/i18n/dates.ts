import type { Text } from '@/i18n/text'

const IST_OFFSET_MS = 5.5 * 60 * 60 * 1000

/** 2026-10-31 as 31 Oct 2026; anything else is shown as it came. */
export function dayText(iso: string, text: Text): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso)
  const month = text.months[Number(parts?.[2]) - 1]
  if (!parts || month === undefined) return iso
  return `${String(Number(parts[3]))} ${month} ${parts[1] ?? ''}`
}

/** 2026-10-31 as Oct 2026. */
export function monthText(iso: string, text: Text): string {
  return dayText(iso, text).replace(/^\d+ /, '')
}

/** A moment on the Indian calendar and clock, whatever the viewer's zone. */
export function momentText(iso: string, text: Text): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const india = new Date(at + IST_OFFSET_MS).toISOString()
  return `${dayText(india, text)}, ${india.slice(11, 16)}`
}

/** The civil day in India of a moment; a bare day is already one. */
export function momentDayText(iso: string, text: Text): string {
  return iso.length > 10 ? momentText(iso, text).split(',')[0] ?? iso : dayText(iso, text)
}
