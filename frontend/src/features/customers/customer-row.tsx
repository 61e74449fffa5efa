import { Link } from 'wouter'
import { leadingState } from '@/api/standing'
import type { Customer } from '@/api/types'
import { momentDayText } from '@/i18n/dates'
import { stateText } from '@/i18n/names'
import { useText, type Text } from '@/i18n/text'

const DOTS: Readonly<Record<string, string>> = {
  ACTIVE: 'bg-accent-fill',
  PAUSED: 'bg-warn',
  PENDING: 'bg-warn',
  REVOKED: 'bg-bad',
  REJECTED: 'bg-bad',
  FAILED: 'bg-bad',
}

export function CustomerRow({ customer, isChosen }: { customer: Customer; isChosen: boolean }) {
  const text = useText()
  const state = leadingState(customer.consent_states)
  return (
    <li className="[contain-intrinsic-size:auto_3.5rem] [content-visibility:auto]">
      <Link
        href={`/customers/${encodeURIComponent(customer.customer_id)}`}
        aria-current={isChosen ? 'page' : undefined}
        className={`grid gap-0.5 rounded-md px-2.5 py-2 ${isChosen ? 'bg-accent-soft' : 'hover:bg-hover'}`}
      >
        <span className="flex min-w-0 items-baseline justify-between gap-2">
          <span className={`min-w-0 font-medium wrap-anywhere ${isChosen ? 'text-accent' : ''}`}>{customer.customer_id}</span>
          <span className="flex items-center gap-1.5 text-xs text-quiet">
            <span aria-hidden="true" className={`size-2 rounded-full ${DOTS[state ?? ''] ?? 'bg-track'}`} />
            {state === null ? text.customers.noConsent : stateText(state, text)}
          </span>
        </span>
        <span className="truncate text-xs text-quiet">{lastRunText(customer, text)}</span>
      </Link>
    </li>
  )
}

function lastRunText({ last_run: run }: Customer, text: Text): string {
  if (run === null) return text.customers.neverRun
  return text.customers.lastRun(stateText(run.status, text), momentDayText(run.ended_at ?? run.started_at, text))
}
