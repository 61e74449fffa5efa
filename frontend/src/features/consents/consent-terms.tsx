import type { ReactNode } from 'react'
import type { Consent } from '@/api/types'
import { dayText, momentDayText } from '@/i18n/dates'
import { useText, type Text } from '@/i18n/text'

export function ConsentTerms({ consent }: { consent: Consent }) {
  const text = useText()
  const { from, to } = consent.range
  // Of a consent taken back only what it covered and that it ended is left to say.
  const isOver = consent.state === 'REVOKED'
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-xs">
      <Term name={text.consents.range}>{text.results.span(dayText(from, text), dayText(to, text))}</Term>
      {!isOver && <Term name={text.consents.expiry}>{momentDayText(consent.expiry, text)}</Term>}
      <Term name={text.consents.life}>
        {lifeText(consent, text)}
      </Term>
      <Term name={text.consents.uses}>{usesText(consent, text)}</Term>
    </dl>
  )
}

function Term({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}

function lifeText({ state, life_end }: Consent, text: Text): string {
  if (state === 'REVOKED') return text.consents.lifeRevoked
  return life_end === null ? text.consents.lifeOpen : text.consents.lifeEnd(momentDayText(life_end, text))
}

function usesText({ uses, fetch_type }: Consent, text: Text): string {
  const last = uses.map((use) => use.used_at).sort().at(-1)
  const used = last === undefined ? text.consents.usesNone : text.consents.usesCount(uses.length, momentDayText(last, text))
  return text.consents.usesText(text.consents.fetchType[fetch_type] ?? fetch_type, used)
}
