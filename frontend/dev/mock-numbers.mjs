/** Invented numbers for the mock server; they hang together no more than a picture needs. */
import { createHash } from 'node:crypto'

const sha = (text) => createHash('sha256').update(text).digest('hex')
const window = { from: '2025-11-01', to: '2026-10-31' }
const coverage = { months_needed: 12, months_full: 12, days_received: 365, days_window: 365 }

const numbers = {
  'bank.credits_paise': [2_31_40_552_37, 4120],
  'bank.debits_paise': [2_18_77_310_05, 1992],
  'bank.net_flow_paise': [12_63_242_32, 6112],
  'bank.opening_balance_paise': [3_41_908_11, 2],
  'bank.closing_balance_paise': [16_05_150_43, 2],
  'bank.lowest_balance_paise': [-18_420_55, 2],
  'bank.largest_credit_paise': [8_40_000_00, 2],
  'bank.cash_deposits_paise': [11_20_500_00, 142],
  'bank.upi_receipts_paise': [1_04_11_020_90, 3611],
  'bank.nach_debits_paise': [null, 0],
}

const titleOf = (id) => {
  const title = id.replace('bank.', '').replace('_paise', '').replaceAll('_', ' ')
  return title.charAt(0).toUpperCase() + title.slice(1)
}

export const metrics = Object.entries(numbers).map(([id, [value, n]]) => ({ id, value, n }))

export function evidenceOf({ id, value, n }) {
  const isNull = value === null
  return {
    id, value, n, title: titleOf(id), unit: 'paise', window, coverage: isNull ? { ...coverage, months_full: 7, days_received: 214 } : coverage,
    null_reason: isNull ? 'INSUFFICIENT_HISTORY' : null, formula: `${id}/1`, version: 1, inputs: [],
    evidence: isNull ? [] : [{ source: 'bank', selector: 'credits_in_window', args: window, input_sha: sha(id), n }],
  }
}

export function definitionOf({ id }) {
  return {
    title: titleOf(id),
    formula: 'Sum of amount_paise over transactions of the accounts in scope with direction CREDIT, dated inside the window',
    unit: 'paise',
    null_rule: 'fewer than 12 full months of the window were delivered, or the bank was not delivered at all',
  }
}

const PAYERS = ['UPI/CR/630512/ASHA TRADERS/BAHI/asha@bahi', 'NEFT-BAHI0000123-KAVERI MILLS', 'CASH DEPOSIT SELF BRANCH 0042', 'IMPS/P2A/MEENA STORES']

export function lineOf(at) {
  const delivery = sha('delivery').slice(0, 16)
  if (at === 0) {
    const text = '{"kind":"envelope","ver":"2.0.0","fiType":"DEPOSIT","accounts":[{"linkRefNumber":"ref-1","maskedAccNumber":"XXXXXX0042"}]}'
    return { record: { kind: 'account', id: 'a1', on: null, party: 'entity' }, raw: { delivery, line: 1, sha: sha(text).slice(0, 16), text } }
  }
  const amount = 125_000 + ((at * 7_919) % 9_000_000)
  const balance = 34_190_811 + ((at * 104_729) % 90_000_000)
  const on = `2026-${String(10 - Math.min(9, Math.floor(at / 40))).padStart(2, '0')}-${String(28 - (at % 28)).padStart(2, '0')}`
  const narration = PAYERS[at % PAYERS.length]
  const text = JSON.stringify({ kind: 'transaction', linkRefNumber: 'ref-1', txnId: `T${10_000 + at}`, type: 'CREDIT', mode: 'UPI', amount: (amount / 100).toFixed(2), currentBalance: (balance / 100).toFixed(2), transactionTimestamp: `${on}T10:15:00+05:30`, valueDate: on, narration, reference: `R${at}` })
  return { record: { kind: 'transaction', id: `t${at}`, on, party: 'entity', amount_paise: amount, balance_paise: balance, direction: 'CREDIT', narration }, raw: { delivery, line: at + 1, sha: sha(text).slice(0, 16), text } }
}
