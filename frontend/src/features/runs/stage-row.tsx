import type { RunEvent } from '@/api/run-events'
import { share, stageState, type Stage } from '@/features/runs/feed'
import { wholeNumber } from '@/i18n/money'
import { nameText, stateText, stepText } from '@/i18n/names'
import { useText } from '@/i18n/text'
import { CheckIcon, CrossIcon } from '@/design/icons'
import { Spinner } from '@/design/button'

const INKS: Readonly<Record<string, string>> = { waiting: 'text-quiet', failed: 'text-bad', done: 'text-good' }

export function StageRow({ stage }: { stage: Stage }) {
  const text = useText()
  const state = stageState(stage)
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
      {state !== 'unchanged' && stage.parts.map((part) => <PartBar key={part.source} part={part} />)}
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

function PartBar({ part }: { part: RunEvent }) {
  const text = useText()
  const reached = share(part)
  const total = part.total_n === null ? null : wholeNumber(part.total_n)
  const amount = part.done_n === 0 && !part.total_n ? '' : text.runs.amount(wholeNumber(part.done_n), total)
  const name = part.source === '' ? stepText(part.step, text) : nameText(part.source, text)
  return (
    <div className="grid grid-cols-[5.5rem_minmax(0,1fr)_auto] items-center gap-2.5 pl-6 text-xs text-quiet">
      <span className="truncate">{name}</span>
      <div
        role="progressbar"
        aria-label={`${stepText(part.step, text)}: ${name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={reached === null ? undefined : Math.round(reached * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-track"
      >
        <div
          className={`h-full rounded-full transition-[width] ${part.kind === 'failed' ? 'bg-bad-fill' : 'bg-accent-fill'} ${reached === null ? 'w-1/4 animate-pulse' : ''}`}
          style={reached === null ? undefined : { width: `${String(Math.round(reached * 100))}%` }}
        />
      </div>
      <span className="figures">{part.note === '' ? amount : part.note}</span>
    </div>
  )
}
