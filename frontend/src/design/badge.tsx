import type { ReactNode } from 'react'

export type Tone = 'accent' | 'neutral' | 'warn' | 'bad'

const TONES: Record<Tone, string> = {
  accent: 'bg-accent-soft text-accent',
  neutral: 'bg-hover text-quiet',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
}

export function Badge({ tone, icon, children }: { tone: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {icon}
      {children}
    </span>
  )
}
