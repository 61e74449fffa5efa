import { answer, client } from '@/api/client'
import { PURPOSE } from '@/api/queries'
import type { Noise } from '@/api/types'

export type ConsentEvent = 'revoke' | 'pause' | 'resume'
export type Grant = { sources: string[]; party: string }

export const grantConsent = (customer_id: string, { sources, party }: Grant) =>
  answer(
    client.POST('/api/customers/{customer_id}/consents', {
      params: { path: { customer_id } },
      body: { purpose: PURPOSE, sources, ...(party === '' ? {} : { party }) },
    }),
  )

export const applyToConsent = (consent_id: string, event: ConsentEvent) =>
  answer(client.POST('/api/consents/{consent_id}/{event}', { params: { path: { consent_id, event } } }))

/** Without noise nothing in particular is asked, so a question that was answered is not asked again. */
export const startRun = (customer_id: string, noise: Noise) =>
  answer(
    client.POST('/api/customers/{customer_id}/runs', {
      params: { path: { customer_id } },
      body: { purpose: PURPOSE, ...(noise === 'off' ? {} : { noise }) },
    }),
  )
