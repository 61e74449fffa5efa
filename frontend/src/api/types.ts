/** Names for what the generated schema holds; nothing is declared twice. */
import type { paths } from '@/api/schema.gen'

type Json<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : never
type Answer<Path extends keyof paths> = paths[Path] extends { get: { responses: { 200: infer Good } } }
  ? Json<Good>
  : never

export type Session = Answer<'/api/session'>
export type Source = Session['sources'][number]
export type Customer = Answer<'/api/customers'>['customers'][number]
export type Consent = Answer<'/api/customers/{customer_id}/consents'>['consents'][number]
export type Run = Answer<'/api/customers/{customer_id}/runs'>['runs'][number]
export type Results = Answer<'/api/customers/{customer_id}/results'>
export type Summary = Results['summaries'][number]
export type Metric = Summary['metrics'][number]
export type Explained = Answer<'/api/customers/{customer_id}/explain/{metric_id}'>
export type EvidenceLine = Explained['lines'][number]
export type Noise = NonNullable<
  paths['/api/customers/{customer_id}/runs']['post']['requestBody']['content']['application/json']['noise']
>
