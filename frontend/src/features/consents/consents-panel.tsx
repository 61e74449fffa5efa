import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { consentsQuery } from '@/api/queries'
import { usableFirst } from '@/api/standing'
import type { Session } from '@/api/types'
import { Button } from '@/design/button'
import { PlusIcon, ShieldIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { Panel, Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { ConsentItem } from '@/features/consents/consent-item'
import { GrantDialog } from '@/features/consents/grant-dialog'
import { useText } from '@/i18n/text'

type Props = { customerId: string; session: Session }

export function ConsentsPanel({ customerId, session }: Props) {
  const text = useText()
  const [isGranting, setGranting] = useState(false)
  const grant = session.environment === 'sandbox' && (
    <Button
      onClick={() => {
        setGranting(true)
      }}
    >
      <PlusIcon />
      {text.consents.grant}
    </Button>
  )
  return (
    <Panel title={text.consents.title} aside={grant}>
      <ConsentItems customerId={customerId} />
      {isGranting && (
        <GrantDialog
          customerId={customerId}
          sources={session.sources}
          onClose={() => {
            setGranting(false)
          }}
        />
      )}
    </Panel>
  )
}

function ConsentItems({ customerId }: { customerId: string }) {
  const text = useText()
  const consents = useQuery(consentsQuery(customerId))
  if (consents.isError) return <ProblemNotice error={consents.error} onRetry={() => void consents.refetch()} />
  if (!consents.data) return <Skeleton rows={3} label={text.loading} />
  if (consents.data.consents.length === 0) {
    return (
      <Notice icon={<ShieldIcon className="size-5" />} title={text.consents.none}>
        <p className="text-quiet">{text.consents.noneHint}</p>
      </Notice>
    )
  }
  return (
    <ul className="divide-y divide-line">
      {usableFirst(consents.data.consents).map((consent) => (
        <ConsentItem key={consent.consent_id} customerId={customerId} consent={consent} />
      ))}
    </ul>
  )
}
