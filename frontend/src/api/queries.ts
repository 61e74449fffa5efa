import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query'
import { answer, client } from '@/api/client'

export const PURPOSE = 103
const EVIDENCE_PAGE = 50
const WATCH_MS = 4000

const customerKey = (customer_id: string) => ['customer', customer_id] as const

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => answer(client.GET('/api/session')),
})

export const customersQuery = queryOptions({
  queryKey: ['customers'],
  queryFn: () => answer(client.GET('/api/customers')),
})

export const consentsQuery = (customer_id: string) =>
  queryOptions({
    queryKey: [...customerKey(customer_id), 'consents'],
    queryFn: () => answer(client.GET('/api/customers/{customer_id}/consents', { params: { path: { customer_id } } })),
  })

/** While a run is open its row is read again, so that one started at a terminal is seen to end as well. */
export const runsQuery = (customer_id: string) =>
  queryOptions({
    queryKey: [...customerKey(customer_id), 'runs'],
    queryFn: () => answer(client.GET('/api/customers/{customer_id}/runs', { params: { path: { customer_id } } })),
    refetchInterval: ({ state }) => (state.data?.runs.some((run) => run.status === 'running') ? WATCH_MS : false),
  })

export const resultsQuery = (customer_id: string) =>
  queryOptions({
    queryKey: [...customerKey(customer_id), 'results'],
    queryFn: () =>
      answer(
        client.GET('/api/customers/{customer_id}/results', {
          params: { path: { customer_id }, query: { purpose: PURPOSE } },
        }),
      ),
  })

export const explainQuery = (customer_id: string, metric_id: string) =>
  infiniteQueryOptions({
    queryKey: [...customerKey(customer_id), 'explain', metric_id],
    queryFn: ({ pageParam }) =>
      answer(
        client.GET('/api/customers/{customer_id}/explain/{metric_id}', {
          params: {
            path: { customer_id, metric_id },
            query: { purpose: PURPOSE, offset: pageParam, limit: EVIDENCE_PAGE },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((total, page) => total + page.lines.length, 0)
      return last.lines.length > 0 && shown < last.lines_n ? shown : undefined
    },
  })

/** Reads everything of a customer again: an act changed what may be seen. */
export async function refreshCustomer(queries: QueryClient, customer_id: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: customerKey(customer_id) }),
    queries.invalidateQueries({ queryKey: customersQuery.queryKey }),
  ])
}

/** Drops every number of a customer from this page: what may no longer be read must not linger in the browser. */
export function forgetNumbers(queries: QueryClient, customer_id: string): void {
  for (const part of ['results', 'explain']) {
    void queries.resetQueries({ queryKey: [...customerKey(customer_id), part] })
  }
}
