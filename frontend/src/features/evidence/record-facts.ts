import type { EvidenceLine } from '@/api/types'

type Fields = EvidenceLine['record']

/** What a row can say of a clean record, whatever its kind; an outflow is negative. */
export type Facts = {
  kind: string
  on: string | null
  narration: string | null
  details: readonly string[]
  paise: number | null
  paiseName: string | null
  isCredit: boolean
  balancePaise: number | null
}

/** What tells one record of a kind from the next, in the order it is said. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  filing: ['form', 'period'],
  outward: ['section', 'number', 'title'],
  inward: ['supplier_name', 'number'],
  return3b: ['period'],
  composition: ['form', 'period'],
  profile: ['trade_name', 'status'],
  order: ['state', 'order'],
  settlement: ['collector'],
  payment: ['outcome', 'description'],
  summary: ['loan_status', 'description'],
  policy: ['name', 'insurer'],
  holding: ['scheme'],
  sip: ['scheme_code', 'frequency'],
}
const USUAL = ['status', 'lender', 'name', 'seller_app', 'provider', 'fip']
const MOST_DETAILS = 2
/** A record without a day of its own stands by the one it is told for. */
const DAYS = ['on', 'nav_on', 'starts_on', 'created_on']
const MOVED = 'amount_paise'
const AMOUNTS = [
  MOVED,
  'value_paise',
  'price_paise',
  'sanctioned_paise',
  'total_paise',
  'taxable_paise',
  'turnover_paise',
  'instalment_paise',
  'sum_paise',
  'requested_paise',
  'repaid_paise',
]

export function factsOf(record: Fields): Facts {
  const kind = said(record, 'kind') ?? 'record'
  const told = DETAILS[kind] ?? USUAL
  const name = AMOUNTS.find((key) => whole(record, key) !== null) ?? MOVED
  const amount = whole(record, name)
  const isDebit = record['direction'] === 'DEBIT'
  return {
    kind,
    on: DAYS.map((key) => said(record, key)).find((day) => day !== null) ?? null,
    narration: said(record, 'narration'),
    details: told.flatMap((key) => said(record, key) ?? []).slice(0, MOST_DETAILS),
    paise: amount === null ? null : isDebit ? -amount : amount,
    paiseName: amount === null || name === MOVED ? null : name,
    isCredit: record['direction'] === 'CREDIT',
    balancePaise: whole(record, 'balance_paise'),
  }
}

function said(record: Fields, key: string): string | null {
  const found = record[key]
  return typeof found === 'string' && found !== '' ? found : null
}

function whole(record: Fields, key: string): number | null {
  const found = record[key]
  return typeof found === 'number' && Number.isInteger(found) ? found : null
}
