import { useMemo, useState } from 'react'
import { Button } from '@/design/button'
import { laidOut } from '@/features/evidence/laid-out'
import { wholeNumber } from '@/i18n/money'
import { useText } from '@/i18n/text'

const LONG_CHARS = 400
const ROWS_AT_FIRST = 16
const INK = 'font-mono text-xs whitespace-pre-wrap'

/** A long line can be read with a field to a row; the line itself, byte for byte as it came, is one press away. */
export function RawLine({ line }: { line: string }) {
  const text = useText()
  const laid = useMemo(() => (line.length > LONG_CHARS ? laidOut(line) : null), [line])
  const [isLaid, setLaid] = useState(true)
  const asItCame = (
    <pre className={`${INK} break-all`} data-raw>
      {line}
    </pre>
  )
  if (laid === null) return asItCame
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <div role="group" aria-label={text.evidence.view} className="flex w-fit gap-1">
        {[true, false].map((way) => (
          <Button
            key={String(way)}
            aria-pressed={isLaid === way}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
            onClick={() => {
              setLaid(way)
            }}
          >
            {way ? text.evidence.laidOut : text.evidence.asDelivered}
          </Button>
        ))}
      </div>
      {isLaid ? <Laid rows={laid.split('\n')} /> : asItCame}
    </div>
  )
}

function Laid({ rows }: { rows: readonly string[] }) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  const isFolded = !isOpen && rows.length > ROWS_AT_FIRST
  return (
    <>
      <pre className={`${INK} wrap-anywhere`}>{(isFolded ? rows.slice(0, ROWS_AT_FIRST) : rows).join('\n')}</pre>
      {isFolded && (
        <Button
          look="quiet"
          className="-ml-3 justify-self-start"
          onClick={() => {
            setOpen(true)
          }}
        >
          {text.evidence.allLines(wholeNumber(rows.length))}
        </Button>
      )}
    </>
  )
}
