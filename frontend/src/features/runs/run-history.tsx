import { useState } from 'react'
import type { Run } from '@/api/types'
import { Button } from '@/design/button'
import { StateBadge } from '@/design/state-badge'
import { momentText } from '@/i18n/dates'
import { countWords } from '@/features/runs/count-words'
import { nameText, stepText } from '@/i18n/names'
import { useText } from '@/i18n/text'

const SHOWN_AT_FIRST = 4

export function RunHistory({ runs }: { runs: readonly Run[] }) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  if (runs.length === 0) return null
  const shown = isOpen ? runs : runs.slice(0, SHOWN_AT_FIRST)
  const hidden = runs.length - shown.length
  return (
    <section aria-label={text.runs.history} className="grid gap-1">
      <h3 className="text-xs font-medium text-quiet">{text.runs.history}</h3>
      <ul className="divide-y divide-line">
        {shown.map((run) => (
          <RunRow key={run.run_id} run={run} />
        ))}
      </ul>
      {hidden > 0 && (
        <Button
          look="quiet"
          className="-ml-3 justify-self-start"
          onClick={() => {
            setOpen(true)
          }}
        >
          {text.runs.more(hidden)}
        </Button>
      )}
    </section>
  )
}

function RunRow({ run }: { run: Run }) {
  const text = useText()
  const title = [stepText(run.step, text), ...(run.source === null ? [] : [nameText(run.source, text)])].join(' · ')
  const counts = countWords(run.counts, text)
  return (
    <li className="grid gap-0.5 py-2" data-run={run.run_id} data-step={run.step} data-status={run.status}>
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate font-medium">{title}</span>
        <StateBadge state={run.status} />
      </div>
      <p className="figures flex flex-wrap justify-between gap-x-3 text-xs text-quiet">
        <span>{run.error_code === null ? counts : <code className="font-mono text-bad">{run.error_code}</code>}</span>
        <time dateTime={run.started_at}>{momentText(run.started_at, text)}</time>
      </p>
    </li>
  )
}
