import type { RunEvent } from '@/api/run-events'
import { useSourceTitle } from '@/api/source-titles'
import { Spinner } from '@/design/button'
import { CheckIcon, CrossIcon } from '@/design/icons'
import { partState, share, stageState, type Stage } from '@/features/runs/feed'
import { wholeNumber } from '@/i18n/money'
import { stateText, stepText } from '@/i18n/names'
import { useText, type Text } from '@/i18n/text'

const INKS: Readonly<Record<string, string>> = { failed: 'text-bad', done: 'text-good' }

/** A step at work shows each source on a line of its own; one that is over says in a sentence what came of them. */
export function StageRow({ stage }: { stage: Stage }) {
  const text = useText()
  const state = stageState(stage)
  const isOver = state === 'done' || state === 'unchanged'
  return (
    <li className="grid gap-1" data-step={stage.step} data-state={state}>
      <div className="flex items-center justify-between gap-2">
        <span className={`flex items-center gap-2 font-medium ${state === 'waiting' ? 'text-quiet' : ''}`}>
          <StageMark state={state} />
          {stepText(stage.step, text)}
        </span>
        <span className={`text-xs ${INKS[state] ?? 'text-quiet'}`}>
          {state === 'waiting' ? text.runs.wait : stateText(state, text)}
        </span>
      </div>
      {isOver ? <Outcome stage={stage} /> : stage.parts.map((part) => <PartBar key={part.source} part={part} />)}
    </li>
  )
}

function StageMark({ state }: { state: string }) {
  const shape = 'grid size-4 place-items-center'
  if (state === 'running') return <span className={`${shape} text-accent`}><Spinner /></span>
  if (state === 'failed') return <span className={`${shape} text-bad`}><CrossIcon /></span>
  if (state === 'waiting') return <span className={shape}><span className="size-2 rounded-full bg-track" /></span>
  return <span className={`${shape} text-good`}><CheckIcon /></span>
}

function Outcome({ stage: { parts } }: { stage: Stage }) {
  const text = useText()
  const nameOf = usePartName()
  if (parts.every((part) => part.kind === 'unchanged' || part.done_n === 0)) return <p className="pl-6 text-xs text-quiet">{text.runs.parts(parts.length)}</p>
  return (
    <ul className="figures flex flex-wrap gap-x-3 pl-6 text-xs text-quiet">
      {parts.map((part) => (
        <li key={part.source}>{`${nameOf(part)} ${outcomeText(part, text)}`}</li>
      ))}
    </ul>
  )
}

function PartBar({ part }: { part: RunEvent }) {
  const text = useText()
  const reached = share(part)
  const state = partState(part)
  const name = usePartName()(part)
  const isOver = state !== 'running'
  return (
    <div className="grid grid-cols-[6.5rem_minmax(0,1fr)_auto] items-center gap-2.5 pl-6 text-xs text-quiet" data-part={part.source} data-state={state}>
      <span className="truncate">{name}</span>
      <div
        role="progressbar"
        aria-label={text.runs.said(stepText(part.step, text), name)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={reached === null ? undefined : Math.round(reached * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-track"
      >
        <div
          className={`h-full rounded-full transition-[width] ${state === 'failed' ? 'bg-bad-fill' : 'bg-accent-fill'} ${reached === null ? 'w-1/4 animate-pulse' : ''}`}
          style={reached === null ? undefined : { width: `${String(Math.round(reached * 100))}%` }}
        />
      </div>
      <span className={`figures ${INKS[state] ?? ''}`}>{isOver ? stateText(state, text) : amountText(part, text)}</span>
    </div>
  )
}

function usePartName(): (part: RunEvent) => string {
  const text = useText()
  const titleOf = useSourceTitle()
  return (part) => (part.source === '' ? stepText(part.step, text) : titleOf(part.source))
}

function outcomeText(part: RunEvent, text: Text): string {
  return part.kind === 'done' && part.done_n > 0 ? wholeNumber(part.done_n) : stateText(part.kind, text).toLowerCase()
}

function amountText({ note, done_n, total_n }: RunEvent, text: Text): string {
  if (note !== '') return note
  if (done_n === 0 && !total_n) return ''
  return text.runs.amount(wholeNumber(done_n), total_n === null ? null : wholeNumber(total_n))
}
