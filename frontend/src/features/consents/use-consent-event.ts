import { useMutation, useQueryClient } from '@tanstack/react-query'
import { applyToConsent, type ConsentEvent } from '@/api/actions'
import { forgetNumbers, refreshCustomer } from '@/api/queries'

/** Numbers are dropped before anything is asked again, so that none outlives the consent it came by. */
export function useConsentEvent(customerId: string, consentId: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (event: ConsentEvent) => applyToConsent(consentId, event),
    onSuccess: async (_change, event) => {
      if (event !== 'resume') forgetNumbers(queries, customerId)
      await refreshCustomer(queries, customerId)
    },
  })
}
