import type { EvidenceLine } from '@/api/types'
import { ChevronIcon } from '@/design/icons'
import { factsOf, type Facts } from '@/features/evidence/record-facts'
import { dayText } from '@/i18n/dates'
import { inrFull, wholeNumber } from '@/i18n/money'
import { nameText } from '@/i18n/names'
import { useText } from '@/i18n/text'

export function EvidenceRow({ line: { record, raw } }: { line: EvidenceLine }) {
  const text = useText()
  return (
    <li data-line={raw.line}>
      <details className="group">
        <summary className="-mx-2 flex list-none items-start gap-2 rounded-md px-2 py-2 hover:bg-hover">
          <ChevronIcon className="mt-1 size-3 text-quiet transition-transform group-open:rotate-90" />
          <Digest facts={factsOf(record)} place={text.evidence.place(raw.delivery, wholeNumber(raw.line), raw.sha)} />
        </summary>
        <div className="mb-3 ml-5 grid grid-cols-[minmax(0,1fr)] gap-2 rounded-md bg-sunken p-3">
          <pre className="font-mono text-xs break-all whitespace-pre-wrap" data-raw>
            {raw.text}
          </pre>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-xs">
            <dt className="text-quiet">{text.evidence.delivery}</dt>
            <dd className="font-mono break-all">{raw.delivery}</dd>
            <dt className="text-quiet">{text.evidence.line}</dt>
            <dd className="font-mono">{wholeNumber(raw.line)}</dd>
            <dt className="text-quiet">{text.evidence.hash}</dt>
            <dd className="font-mono break-all">{raw.sha}</dd>
          </dl>
        </div>
      </details>
    </li>
  )
}

function Digest({ facts, place }: { facts: Facts; place: string }) {
  const text = useText()
  return (
    <span className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)] gap-0.5">
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0 truncate">
          {facts.on !== null && <span className="figures mr-2 text-quiet">{dayText(facts.on, text)}</span>}
          {facts.words ?? nameText(facts.kind, text)}
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
      </span>
    </span>
  )
}
