import { useId, type InputHTMLAttributes } from 'react'

type Props = InputHTMLAttributes<HTMLInputElement> & { label: string; hint: string; fault?: string | undefined }

export function Field({ label, hint, fault, ...input }: Props) {
  const id = useId()
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input
        {...input}
        id={id}
        aria-describedby={`${id}-hint`}
        aria-invalid={fault !== undefined}
        className="min-h-9 rounded-md border border-line-strong bg-surface px-2.5 max-sm:min-h-11 max-sm:text-lg"
      />
      <p id={`${id}-hint`} className={`text-xs ${fault === undefined ? 'text-quiet' : 'text-bad'}`}>
        {fault ?? hint}
      </p>
    </div>
  )
}
