import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Route, Switch } from 'wouter'
import { sessionQuery } from '@/api/queries'
import { asProblem } from '@/api/problem'
import type { Session } from '@/api/types'
import { CustomerPage } from '@/app/customer-page'
import { NotSignedIn } from '@/app/not-signed-in'
import { Shell } from '@/app/shell'
import { UsersIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { ProblemNotice } from '@/design/problem-notice'
import { useText } from '@/i18n/text'

export function App() {
  const text = useText()
  const queries = useQueryClient()
  const session = useQuery(sessionQuery)
  const retry = () => void queries.resetQueries()
  if (session.isError && asProblem(session.error).isSignedOut) return <NotSignedIn onRetry={retry} />
  if (session.isError) {
    return (
      <main className="mx-auto grid min-h-dvh max-w-md content-center p-6">
        <ProblemNotice error={session.error} onRetry={retry} />
      </main>
    )
  }
  if (!session.data) return <p role="status" aria-label={text.loading} />
  return <Pages session={session.data} />
}

function Pages({ session }: { session: Session }) {
  return (
    <Switch>
      <Route path="/customers/:customer">
        {({ customer }) => (
          <Shell chosen={customer}>
            <CustomerPage key={customer} session={session} customerId={customer} />
          </Shell>
        )}
      </Route>
      <Route>
        <Shell chosen={null}>
          <NobodyChosen />
        </Shell>
      </Route>
    </Switch>
  )
}

function NobodyChosen() {
  const text = useText()
  return (
    <section aria-label={text.customers.choose} className="mx-auto max-w-md p-6 pt-24">
      <Notice icon={<UsersIcon className="size-5" />} title={text.customers.choose}>
        <p className="text-quiet">{text.customers.chooseHint}</p>
      </Notice>
    </section>
  )
}
