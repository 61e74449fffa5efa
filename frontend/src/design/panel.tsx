import type { ReactNode } from 'react'

type Props = { title: string; aside?: ReactNode; children: ReactNode; className?: string }

export function Panel({ title, aside, children, className = '' }: Props) {
  return (
    <section aria-label={title} className={`min-w-0 rounded-lg border border-line bg-surface shadow-lift ${className}`}>
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-2">
        <h2 className="text-base font-semibold">{title}</h2>
        {aside}
      </header>
      <div className="px-4 pt-1 pb-4">{children}</div>
    </section>
  )
}

export function Skeleton({ rows, label }: { rows: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-2 py-1">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="h-8 animate-pulse rounded-md bg-hover" />
      ))}
    </div>
  )
}
