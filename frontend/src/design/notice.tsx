import type { ReactNode } from 'react'

type Tone = 'calm' | 'warn' | 'bad'

const EDGE: Record<Tone, string> = {
  calm: 'border-line bg-sunken',
  warn: 'border-transparent bg-warn-soft',
  bad: 'border-transparent bg-bad-soft',
}
const ICON: Record<Tone, string> = { calm: 'text-quiet', warn: 'text-warn', bad: 'text-bad' }

type Props = { tone?: Tone; icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode; isUrgent?: boolean }

/** An empty, refused or failed state: what it is, why, and the next step. */
export function Notice({ tone = 'calm', icon, title, children, action, isUrgent = false }: Props) {
  return (
    <div role={isUrgent ? 'alert' : undefined} className={`flex gap-3 rounded-md border p-3.5 ${EDGE[tone]}`}>
      {icon && <span className={`mt-0.5 ${ICON[tone]}`}>{icon}</span>}
      <div className="grid min-w-0 flex-1 gap-1.5">
        <p className="font-semibold text-pretty">{title}</p>
        {children}
        {action && <div className="mt-1.5 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  )
}
