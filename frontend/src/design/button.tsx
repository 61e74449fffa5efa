import type { ButtonHTMLAttributes } from 'react'

type Look = 'primary' | 'plain' | 'danger' | 'risky' | 'quiet'

const LOOKS: Record<Look, string> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover border-transparent',
  plain: 'bg-surface text-ink border-line hover:bg-hover',
  danger: 'bg-bad-fill text-on-bad hover:bg-bad-fill-hover border-transparent',
  risky: 'bg-surface text-bad border-line hover:bg-bad-soft',
  quiet: 'bg-transparent text-quiet border-transparent hover:bg-hover hover:text-ink',
}

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; isBusy?: boolean }

export function Button({ look = 'plain', isBusy = false, className = '', disabled, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy || undefined}
      className={`inline-flex min-h-8 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-55 max-sm:min-h-10 ${LOOKS[look]} ${className}`}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  )
}

export function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-current border-r-transparent"
    />
  )
}
