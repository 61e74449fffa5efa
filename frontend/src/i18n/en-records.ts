/** What a clean record of a kind is called; a kind that is not here is named by its own word. */
export const records: Readonly<Record<string, string>> = {
  envelope: 'Answer of the provider',
  statement: 'Statement',
  profile: 'Registration',
  outward: 'Sale told',
  inward: 'Purchase told',
  return3b: 'GSTR-3B',
  composition: 'Composition return',
  plan: 'Repayment plan',
  account: 'Disbursal account',
  summary: 'Loan summary',
}

/** What the amount beside a record is, where it is not simply money that moved. */
export const amounts: Readonly<Record<string, string>> = {
  value_paise: 'Value',
  price_paise: 'Order value',
  sanctioned_paise: 'Sanctioned',
  total_paise: 'To repay',
  taxable_paise: 'Taxable',
  turnover_paise: 'Turnover',
  instalment_paise: 'Each time',
  sum_paise: 'Sum assured',
  requested_paise: 'Asked for',
  repaid_paise: 'Repaid',
}
