import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { startRun } from '@/api/actions'
import { consentsQuery, runsQuery } from '@/api/queries'
import type { Noise } from '@/api/types'

type Following = { follow: (runId: string) => void; leave: () => void }

/** Starts a run and follows it; a refusal is held only as long as the consents stand as they stood when it was given. */
export function useStart(customerId: string, { follow, leave }: Following) {
  const queries = useQueryClient()
  const standing = useStanding(customerId)
  const start = useMutation({
    mutationFn: ({ noise }: { noise: Noise; standing: string }) => startRun(customerId, noise),
    onMutate: leave,
    onSuccess: ({ run_id }) => {
      follow(run_id)
      void queries.invalidateQueries({ queryKey: runsQuery(customerId).queryKey })
    },
  })
  const begin = (noise: Noise) => {
    start.mutate({ noise, standing })
  }
  const isTrueStill = start.variables?.standing === standing
  return { begin, isStarting: start.isPending, fault: isTrueStill ? start.error : null }
}

function useStanding(customerId: string): string {
  const { data } = useQuery(consentsQuery(customerId))
  return (data?.consents ?? []).map(({ consent_id, state }) => `${consent_id} ${state}`).join()
}
