import { useState } from 'react'
import { useSourceTitle } from '@/api/source-titles'
import type { Consent } from '@/api/types'
import { Button } from '@/design/button'
import { Notice } from '@/design/notice'
import { ProblemNotice } from '@/design/problem-notice'
import { StateBadge } from '@/design/state-badge'
import { CertificateLink } from '@/features/consents/certificate-link'
import { ConsentTerms } from '@/features/consents/consent-terms'
import { RevokeDialog } from '@/features/consents/revoke-dialog'
import { useConsentEvent } from '@/features/consents/use-consent-event'
import { nameText } from '@/i18n/names'
import { useText, type Text } from '@/i18n/text'

/** The party every customer has. */
const ITSELF = 'ENTITY'

type Props = { customerId: string; consent: Consent }

export function ConsentItem({ customerId, consent }: Props) {
  const text = useText()
  const act = useConsentEvent(customerId, consent.consent_id)
  const [isRevoking, setRevoking] = useState(false)
  const titleOf = useSourceTitle()
  const sources = consent.sources.map(titleOf).join(', ')
  const removed = act.data?.removed
  return (
    <li className="grid gap-2.5 py-3 first:pt-1 last:pb-0" data-consent={consent.consent_id}>
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h3 className="font-semibold text-pretty">{sources}</h3>
          <p className="text-xs text-quiet">{askedText(consent, text)}</p>
        </div>
        <StateBadge state={consent.state} />
      </div>
      <ConsentTerms consent={consent} />
      <Actions state={consent.state} sources={sources} act={act} onRevoke={() => { setRevoking(true) }} />
      {removed && <Notice title={text.consents.removed(removed.deliveries, removed.objects)} />}
      {consent.has_certificate && <CertificateLink consentId={consent.consent_id} sources={sources} />}
      {act.isError && !isRevoking && <ProblemNotice error={act.error} title={text.problem.notDone} />}
      {isRevoking && (
        <RevokeDialog
          sources={sources}
          act={act}
          onClose={() => {
            setRevoking(false)
          }}
        />
      )}
    </li>
  )
}

/** Whom the consent lets ask, and about whom. */
function askedText({ channel, party }: Consent, text: Text): string {
  const about = party === ITSELF ? text.consents.business : nameText(party.toLowerCase(), text)
  return text.consents.askedBy(text.consents.channels[channel] ?? channel, about)
}

type ActionsProps = { state: string; sources: string; act: ReturnType<typeof useConsentEvent>; onRevoke: () => void }

function Actions({ state, sources, act, onRevoke }: ActionsProps) {
  const text = useText()
  if (state !== 'ACTIVE' && state !== 'PAUSED') return null
  const turn = state === 'ACTIVE' ? 'pause' : 'resume'
  return (
    <div className="flex gap-2">
      <Button
        aria-label={text.consents.actOn(text.consents[turn], sources)}
        isBusy={act.isPending && act.variables !== 'revoke'}
        onClick={() => {
          act.mutate(turn)
        }}
      >
        {text.consents[turn]}
      </Button>
      <Button look="risky" aria-label={text.consents.actOn(text.consents.revoke, sources)} onClick={onRevoke}>
        {text.consents.revoke}
      </Button>
    </div>
  )
}
