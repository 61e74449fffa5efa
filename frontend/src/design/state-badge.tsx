import { Badge, type Tone } from '@/design/badge'
import { ShieldIcon, ShieldOffIcon } from '@/design/icons'
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

/** The same where a customer is introduced, and the word consent is not yet on the page. */
export function ConsentBadge({ state }: { state: string }) {
  const text = useText()
  const Shield = state === 'ACTIVE' ? ShieldIcon : ShieldOffIcon
  return (
    <Badge tone={TONES[state] ?? 'neutral'} icon={<Shield className="size-3.5" />}>
      {text.consents.inState(stateText(state, text))}
    </Badge>
  )
}
