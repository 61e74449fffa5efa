import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { asProblem } from '@/api/problem'
import { consentsQuery, customersQuery, PURPOSE } from '@/api/queries'
import { leadingState } from '@/api/standing'
import type { Session } from '@/api/types'
import { BackIcon } from '@/design/icons'
import { ProblemNotice } from '@/design/problem-notice'
import { ConsentBadge } from '@/design/state-badge'
import { ConsentsPanel } from '@/features/consents/consents-panel'
import { MetricSheet } from '@/features/evidence/metric-sheet'
import { ResultsPanel } from '@/features/results/results-panel'
import { RunsPanel } from '@/features/runs/runs-panel'
import { useText } from '@/i18n/text'

type Props = { session: Session; customerId: string }

export function CustomerPage({ session, customerId }: Props) {
  const text = useText()
  const [query, setQuery] = useSearchParams()
  const metricId = query.get('metric')
  return (
    <div className="mx-auto grid max-w-[84rem] grid-cols-[minmax(0,1fr)] gap-3 p-4 lg:px-6 lg:py-5">
      <title>{`${customerId} · ${text.product}`}</title>
      <CustomerHeader customerId={customerId} />
      <Panels session={session} customerId={customerId} />
      {metricId !== null && (
        <MetricSheet
          key={metricId}
          customerId={customerId}
          metricId={metricId}
          onClose={() => {
            setQuery({})
          }}
        />
      )}
    </div>
  )
}

/** An id that cannot be anybody's is said once, not in every panel. */
function Panels({ session, customerId }: Props) {
  const consents = useQuery(consentsQuery(customerId))
  if (asProblem(consents.error).code === 'CUSTOMER_ID_INVALID') return <ProblemNotice error={consents.error} />
  return (
    <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <ResultsPanel customerId={customerId} />
      <div className="grid min-w-0 gap-3 md:max-xl:grid-cols-2 md:max-xl:items-start">
        <RunsPanel customerId={customerId} />
        <ConsentsPanel customerId={customerId} session={session} />
      </div>
    </div>
  )
}

function CustomerHeader({ customerId }: { customerId: string }) {
  const text = useText()
  const customers = useQuery(customersQuery)
  const customer = customers.data?.customers.find((listed) => listed.customer_id === customerId)
  const state = leadingState(customer?.consent_states ?? {})
  return (
    <div className="grid gap-1">
      <Link href="/" className="flex min-h-10 w-fit items-center gap-1.5 text-accent lg:hidden">
        <BackIcon />
        {text.customers.back}
      </Link>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold break-words">{customerId}</h1>
          <p className="text-quiet">{text.customers.purpose(PURPOSE, text.customers.purposes[PURPOSE])}</p>
        </div>
        {state !== null && <ConsentBadge state={state} />}
      </div>
    </div>
  )
}
