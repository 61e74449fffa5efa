import { QueryCache, QueryClient } from '@tanstack/react-query'
import { asProblem } from '@/api/problem'
import { sessionQuery } from '@/api/queries'

const TRIES = 2

/** Only what may pass is tried again; a session that ended sends the page back to the sign-in words. */
export function pageQueries(): QueryClient {
  const queries = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        const isSession = query.queryKey[0] === sessionQuery.queryKey[0]
        if (asProblem(error).isSignedOut && !isSession) void queries.resetQueries({ queryKey: sessionQuery.queryKey })
      },
    }),
    defaultOptions: {
      queries: { retry: (count, error) => count < TRIES && asProblem(error).isPassing, staleTime: 2000 },
      mutations: { retry: false },
    },
  })
  return queries
}
