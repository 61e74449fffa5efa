import { useId } from 'react'
import type { Source } from '@/api/types'
import { nameText } from '@/i18n/names'
import { useText } from '@/i18n/text'

/** The one most customers begin with. */
const USUAL = 'bank'

type Props = { sources: readonly Source[]; fault: string | undefined }

export function SourceChoice({ sources, fault }: Props) {
  const text = useText()
  const faultId = useId()
  return (
    <fieldset className="grid gap-1.5" aria-describedby={fault === undefined ? undefined : faultId}>
      <legend className="mb-1 font-medium">{text.consents.sources}</legend>
      {sources.map(({ name, title, channels }) => (
        <label
          key={name}
          className="grid cursor-pointer grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 rounded-md border border-line px-3 py-2 font-medium hover:bg-hover"
        >
          <input
            type="checkbox"
            name="source"
            value={name}
            defaultChecked={name === USUAL}
            className="mt-0.5 size-4 accent-(--accent-fill)"
          />
          {nameText(name, text)}
          <span className="col-start-2 text-xs font-normal text-quiet">
            {text.consents.offer(title, channels.map((channel) => text.consents.channels[channel] ?? channel))}
          </span>
        </label>
      ))}
      {fault !== undefined && (
        <p id={faultId} role="alert" className="text-xs text-bad">
          {fault}
        </p>
      )}
    </fieldset>
  )
}
