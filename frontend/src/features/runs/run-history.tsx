import { useState } from 'react'
import { useSourceTitle } from '@/api/source-titles'
import type { Run } from '@/api/types'
import { Button } from '@/design/button'
import { ChevronIcon } from '@/design/icons'
import { StateBadge } from '@/design/state-badge'
import { countWords } from '@/features/runs/count-words'
import { flowsOf, type Flow } from '@/features/runs/flows'
import { momentText } from '@/i18n/dates'
import { stateText, stepText } from '@/i18n/names'
import { useText } from '@/i18n/text'

const SHOWN_AT_FIRST = 4

type Props = { runs: readonly Run[]; live: string | null }

/** What ran; a flow at work is followed above, and stands here with its counts once it is over. */
export function RunHistory({ runs, live }: Props) {
  const text = useText()
  const [isOpen, setOpen] = useState(false)
  const flows = flowsOf(runs).filter(({ run }) => run.run_id !== live)
  if (flows.length === 0) return null
  const shown = isOpen ? flows : flows.slice(0, SHOWN_AT_FIRST)
  const hidden = flows.length - shown.length
  return (
    <section aria-label={text.runs.history} className="grid gap-1">
      <h3 className="text-xs font-medium text-quiet">{text.runs.history}</h3>
      <ul className="divide-y divide-line">
        {shown.map((flow) => (
          <FlowRow key={flow.run.run_id} flow={flow} />
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

function FlowRow({ flow: { run, parts } }: { flow: Flow }) {
  return (
    <li data-run={run.run_id} data-step={run.step} data-status={run.status}>
      {parts.length === 0 ? (
        <div className="py-2">
          <RunDigest run={run} />
        </div>
      ) : (
        <details className="group">
          <summary className="-mx-2 flex list-none items-start gap-1.5 rounded-md px-2 py-2 hover:bg-hover">
            <ChevronIcon className="mt-1 size-3 text-quiet transition-transform group-open:rotate-90" />
            <RunDigest run={run} />
          </summary>
          <FlowSteps parts={parts} />
        </details>
      )}
    </li>
  )
}

function RunDigest({ run }: { run: Run }) {
  const text = useText()
  const titleOf = useSourceTitle()
  const title = [stepText(run.step, text), ...(run.source === null ? [] : [titleOf(run.source)])].join(' · ')
  return (
    <div className="grid min-w-0 flex-1 gap-0.5">
      <div className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate font-medium">{title}</span>
        <StateBadge state={run.status} />
      </div>
      <p className="figures flex flex-wrap justify-between gap-x-3 text-xs text-quiet">
        <span>{run.error_code === null ? countWords(run.counts, text) : <ErrorCode code={run.error_code} />}</span>
        <time dateTime={run.started_at}>{momentText(run.started_at, text)}</time>
      </p>
    </div>
  )
}

function FlowSteps({ parts }: { parts: readonly Run[] }) {
  const text = useText()
  const steps = [...new Set(parts.map(({ step }) => step))]
  return (
    <dl className="mb-3 ml-4.5 grid gap-2.5 text-xs">
      {steps.map((step) => (
        <div key={step} className="grid gap-0.5">
          <dt className="font-medium">{stepText(step, text)}</dt>
          {parts
            .filter((part) => part.step === step)
            .map((part) => (
              <StepPart key={part.run_id} part={part} />
            ))}
        </div>
      ))}
    </dl>
  )
}

function StepPart({ part: { source, status, counts, error_code } }: { part: Run }) {
  const text = useText()
  const titleOf = useSourceTitle()
  const words = countWords(counts, text)
  return (
    <dd className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-2.5 text-quiet">
      <span>{titleOf(source ?? '')}</span>
      {error_code !== null && <ErrorCode code={error_code} />}
      {error_code === null && <span>{status === 'done' && words !== '' ? words : stateText(status, text)}</span>}
    </dd>
  )
}

function ErrorCode({ code }: { code: string }) {
  return <code className="font-mono break-words text-bad">{code}</code>
}
