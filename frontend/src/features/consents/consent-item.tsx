import { useState } from 'react'
import type { Consent } from '@/api/types'
import { Badge } from '@/design/badge'
import { Button } from '@/design/button'
import { Notice } from '@/design/notice'
import { ProblemNotice } from '@/design/problem-notice'
import { StateBadge } from '@/design/state-badge'
import { CertificateLink } from '@/features/consents/certificate-link'
import { ConsentTerms } from '@/features/consents/consent-terms'
import { RevokeDialog } from '@/features/consents/revoke-dialog'
import { useConsentEvent } from '@/features/consents/use-consent-event'
import { nameText } from '@/i18n/names'
import { useText } from '@/i18n/text'

type Props = { customerId: string; consent: Consent }

export function ConsentItem({ customerId, consent }: Props) {
  const text = useText()
  const act = useConsentEvent(customerId, consent.consent_id)
  const [isRevoking, setRevoking] = useState(false)
  const sources = consent.sources.map((source) => nameText(source, text)).join(', ')
  const removed = act.data?.removed
  return (
    <li className="grid gap-2.5 py-3 first:pt-1 last:pb-0" data-consent={consent.consent_id}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-semibold">{sources}</span>
        <Badge tone="neutral">{consent.channel}</Badge>
        <span className="ml-auto">
          <StateBadge state={consent.state} />
        </span>
      </div>
      <ConsentTerms consent={consent} />
      <Actions state={consent.state} act={act} onRevoke={() => { setRevoking(true) }} />
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

type ActionsProps = { state: string; act: ReturnType<typeof useConsentEvent>; onRevoke: () => void }

function Actions({ state, act, onRevoke }: ActionsProps) {
  const text = useText()
  if (state !== 'ACTIVE' && state !== 'PAUSED') return null
  const turn = state === 'ACTIVE' ? 'pause' : 'resume'
  return (
    <div className="flex gap-2">
      <Button
        isBusy={act.isPending && act.variables !== 'revoke'}
        onClick={() => {
          act.mutate(turn)
        }}
      >
        {text.consents[turn]}
      </Button>
      <Button look="risky" onClick={onRevoke}>
        {text.consents.revoke}
      </Button>
    </div>
  )
}
