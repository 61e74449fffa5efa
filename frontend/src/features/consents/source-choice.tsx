import { useId, useState } from 'react'
import type { Source } from '@/api/types'
import { Button } from '@/design/button'
import { useText } from '@/i18n/text'

type Props = { sources: readonly Source[]; fault: string | undefined }

/** Everything the customer may hold is asked for unless somebody leaves a part out. */
export function SourceChoice({ sources, fault }: Props) {
  const text = useText()
  const faultId = useId()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(sources.map(({ name }) => name)))
  const isFull = chosen.size === sources.length
  const turn = (name: string) => {
    setChosen((before) => new Set(before.has(name) ? [...before].filter((kept) => kept !== name) : [...before, name]))
  }
  return (
    <fieldset aria-describedby={fault === undefined ? undefined : faultId}>
      <legend className="float-left font-medium">{text.consents.sources}</legend>
      <div className="flex justify-end">
        <Button
          look="quiet"
          className="-mt-1.5 -mr-3 max-sm:-mt-2.5"
          onClick={() => {
            setChosen(new Set(isFull ? [] : sources.map(({ name }) => name)))
          }}
        >
          {isFull ? text.consents.chooseNone : text.consents.chooseAll}
        </Button>
      </div>
      <div className="grid divide-y divide-line overflow-hidden rounded-md border border-line">
        {sources.map((source) => (
          <Choice key={source.name} source={source} isChosen={chosen.has(source.name)} onTurn={turn} />
        ))}
      </div>
      {fault !== undefined && (
        <p id={faultId} role="alert" className="mt-1.5 text-xs text-bad">
          {fault}
        </p>
      )}
    </fieldset>
  )
}

type ChoiceProps = { source: Source; isChosen: boolean; onTurn: (name: string) => void }

function Choice({ source: { name, title, channels }, isChosen, onTurn }: ChoiceProps) {
  const text = useText()
  return (
    <label className="grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 px-3 py-2 font-medium hover:bg-hover">
      <input
        type="checkbox"
        name="source"
        value={name}
        checked={isChosen}
        onChange={() => {
          onTurn(name)
        }}
        className="mt-0.5 size-4 accent-(--accent-fill) focus-visible:-outline-offset-1"
      />
      {title}
      <span className="col-start-2 text-xs font-normal text-quiet">
        {text.consents.offer(channels.map((channel) => text.consents.channels[channel] ?? channel))}
      </span>
    </label>
  )
}
