import { Badge, type Tone } from '@/design/badge'
import { stateText } from '@/i18n/names'
import { useText } from '@/i18n/text'

const TONES: Readonly<Record<string, Tone>> = {
  ACTIVE: 'accent',
  PENDING: 'warn',
  PAUSED: 'warn',
  REVOKED: 'bad',
  REJECTED: 'bad',
  FAILED: 'bad',
  EXPIRED: 'neutral',
  running: 'accent',
  done: 'accent',
  unchanged: 'neutral',
  failed: 'bad',
}

/** A state of a consent or a run, in words first and colour second. */
export function StateBadge({ state }: { state: string }) {
  return <Badge tone={TONES[state] ?? 'neutral'}>{stateText(state, useText())}</Badge>
}
