import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import type { EvidenceLine } from '@/api/types'
import { Button } from '@/design/button'
import { ProblemNotice } from '@/design/problem-notice'
import { EvidenceRow } from '@/features/evidence/evidence-row'
import { wholeNumber } from '@/i18n/money'
import { useText } from '@/i18n/text'

type More = Pick<
  UseInfiniteQueryResult,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error' | 'fetchNextPage'
>
type Props = { lines: readonly EvidenceLine[]; total: number; more: More }

export function EvidenceLines({ lines, total, more }: Props) {
  const text = useText()
  return (
    <section aria-label={text.evidence.lines} className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <header className="flex items-baseline justify-between gap-3">
        <h3 className="text-base font-semibold">{text.evidence.lines}</h3>
        {total > 0 && (
          <p className="figures text-xs text-quiet">
            {text.evidence.shown(wholeNumber(lines.length), wholeNumber(total))}
          </p>
        )}
      </header>
      {lines.length === 0 ? (
        <p className="text-quiet">{text.evidence.none}</p>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {lines.map((line) => (
            <EvidenceRow key={`${line.raw.delivery}:${String(line.raw.line)}:${line.raw.sha}:${recordId(line)}`} line={line} />
          ))}
        </ul>
      )}
      {more.isFetchNextPageError && <ProblemNotice error={more.error} />}
      {more.hasNextPage && (
        <Button className="justify-self-center" isBusy={more.isFetchingNextPage} onClick={() => void more.fetchNextPage()}>
          {text.evidence.more}
        </Button>
      )}
    </section>
  )
}

/** One envelope line can hold several records, so the place alone is not unique. */
function recordId({ record }: EvidenceLine): string {
  const { id } = record
  return typeof id === 'string' ? id : ''
}
