import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { customersQuery } from '@/api/queries'
import { UsersIcon } from '@/design/icons'
import { Notice } from '@/design/notice'
import { Skeleton } from '@/design/panel'
import { ProblemNotice } from '@/design/problem-notice'
import { CustomerRow } from '@/features/customers/customer-row'
import { useText } from '@/i18n/text'

const WORTH_SEARCHING = 6

export function CustomerList({ chosen }: { chosen: string | null }) {
  const text = useText()
  const customers = useQuery(customersQuery)
  const [wanted, setWanted] = useState('')
  if (customers.isError) return <ProblemNotice error={customers.error} onRetry={() => void customers.refetch()} />
  if (!customers.data) return <Skeleton rows={6} label={text.loading} />
  const all = customers.data.customers
  if (all.length === 0) return <NoCustomers />
  const shown = all.filter((customer) => customer.customer_id.toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <div className="grid gap-2">
      {all.length >= WORTH_SEARCHING && (
        <input
          type="search"
          value={wanted}
          aria-label={text.customers.search}
          placeholder={text.customers.search}
          onChange={(event) => {
            setWanted(event.target.value)
          }}
          className="min-h-9 w-full rounded-md border border-line bg-surface px-2.5 placeholder:text-quiet max-sm:min-h-11 max-sm:text-lg"
        />
      )}
      {shown.length === 0 && <p className="px-2.5 py-1 text-quiet">{text.customers.noMatch(wanted.trim())}</p>}
      <ul className="grid gap-0.5">
        {shown.map((customer) => (
          <CustomerRow key={customer.customer_id} customer={customer} isChosen={customer.customer_id === chosen} />
        ))}
      </ul>
    </div>
  )
}

function NoCustomers() {
  const text = useText()
  return (
    <Notice icon={<UsersIcon />} title={text.customers.none}>
      <p className="text-quiet">{text.customers.noneHint}</p>
      <code className="font-mono text-xs break-words">{text.customers.noneCommand}</code>
    </Notice>
  )
}
