import type { EvidenceLine } from '@/api/types'

type Fields = EvidenceLine['record']

/** What a row can say of a clean record, whatever its kind; an outflow is negative. */
export type Facts = {
  kind: string
  on: string | null
  words: string | null
  paise: number | null
  isCredit: boolean
  balancePaise: number | null
}

export function factsOf(record: Fields): Facts {
  const amount = whole(record, 'amount_paise')
  const isDebit = record['direction'] === 'DEBIT'
  return {
    kind: said(record, 'kind') ?? 'record',
    on: said(record, 'on'),
    words: said(record, 'narration'),
    paise: amount === null ? null : isDebit ? -amount : amount,
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
