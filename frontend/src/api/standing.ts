import type { Consent, Customer } from '@/api/types'

/** From what can be used to what is over. */
const ORDER = ['ACTIVE', 'PAUSED', 'PENDING', 'EXPIRED', 'REVOKED', 'REJECTED', 'FAILED']

const rank = (state: string) => (ORDER.includes(state) ? ORDER.indexOf(state) : ORDER.length)

/** A customer may hold several consents; the most useful state speaks for them, and null says there is none. */
export function leadingState(states: Customer['consent_states']): string | null {
  const held = Object.keys(states).filter((state) => (states[state] ?? 0) > 0)
  return held.sort((one, other) => rank(one) - rank(other))[0] ?? null
}

export function usableFirst(consents: readonly Consent[]): Consent[] {
  return [...consents].sort((one, other) => rank(one.state) - rank(other.state))
}
