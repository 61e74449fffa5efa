import { useState } from 'react'
import type { EvidenceLine } from '@/api/types'
import { ChevronIcon } from '@/design/icons'
import { RawLine } from '@/features/evidence/raw-line'
import { factsOf, type Facts } from '@/features/evidence/record-facts'
import { dayText } from '@/i18n/dates'
import { inrFull, wholeNumber } from '@/i18n/money'
import { codeText, nameText } from '@/i18n/names'
import { useText, type Text } from '@/i18n/text'

/** Rows out of sight are not laid out by the browser, and a raw line is written only when its row is opened. */
export function EvidenceRow({ line: { record, raw } }: { line: EvidenceLine }) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  return (
    <li data-line={raw.line} className="[contain-intrinsic-size:auto_3.25rem] [content-visibility:auto]">
      <details
        className="group"
        onToggle={(event) => {
          setOpen(event.currentTarget.open)
        }}
      >
        <summary className="flex list-none items-start gap-2 rounded-md py-2 -outline-offset-2 hover:bg-hover">
          <ChevronIcon className="mt-1 size-3 text-quiet transition-transform group-open:rotate-90" />
          <Digest facts={factsOf(record)} place={text.evidence.place(raw.delivery, wholeNumber(raw.line), raw.sha)} />
        </summary>
        {isOpen && <Opened raw={raw} />}
      </details>
    </li>
  )
}

function Opened({ raw }: { raw: EvidenceLine['raw'] }) {
  const text = useText()
  return (
    <div className="mb-3 ml-5 grid grid-cols-[minmax(0,1fr)] gap-2 rounded-md bg-sunken p-3 max-sm:ml-0">
      <RawLine line={raw.text} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-xs">
        <dt className="text-quiet">{text.evidence.delivery}</dt>
        <dd className="font-mono break-all">{raw.delivery}</dd>
        <dt className="text-quiet">{text.evidence.line}</dt>
        <dd className="font-mono">{wholeNumber(raw.line)}</dd>
        <dt className="text-quiet">{text.evidence.hash}</dt>
        <dd className="font-mono break-all">{raw.sha}</dd>
      </dl>
    </div>
  )
}

function Digest({ facts, place }: { facts: Facts; place: string }) {
  const text = useText()
  return (
    <span className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 wrap-anywhere max-sm:line-clamp-2 sm:truncate">
          {facts.on !== null && <span className="figures mr-2 text-quiet">{dayText(facts.on, text)}</span>}
          {facts.narration ?? describedText(facts, text)}
        </span>
        {facts.paise !== null && (
          <span className={`figures font-medium whitespace-nowrap ${facts.isCredit ? 'text-good' : ''}`}>
            {inrFull(facts.paise)}
          </span>
        )}
      </span>
      <span className="figures flex justify-between gap-3 text-xs text-quiet">
        <span className="min-w-0 truncate font-mono">{place}</span>
        {facts.balancePaise !== null && (
          <span className="whitespace-nowrap max-sm:hidden">{text.evidence.balance(inrFull(facts.balancePaise))}</span>
        )}
        {facts.paiseName !== null && <span className="whitespace-nowrap">{text.amounts[facts.paiseName]}</span>}
      </span>
    </span>
  )
}

/** A record without a narration names itself: what it is, and what tells it from the next of its kind. */
function describedText({ kind, details }: Facts, text: Text): string {
  return [text.records[kind] ?? nameText(kind, text), ...details.map((detail) => codeText(detail, text))].join(' · ')
}
