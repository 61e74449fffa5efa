import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { consent, fakeService, metric, ok, problem, session } from '@/testing/fake-service'
import { openPage } from '@/testing/open-page'
import { REFUSED, results, service } from '@/testing/page-service'

test('without a session the page says how to get one', async () => {
  fakeService({ 'GET /api/session': () => problem(401, 'SIGN_IN_REQUIRED', 'nobody is signed in', '') })
  openPage('/')
  expect(await screen.findByText('bahi serve')).toBeVisible()
})

test('a session that ends while the page is open leads back to signing in', async () => {
  const { answers } = service()
  answers['GET /api/customers'] = () => {
    answers['GET /api/session'] = () => problem(401, 'SIGN_IN_REQUIRED', '', '')
    return problem(401, 'SIGN_IN_REQUIRED', '', '')
  }
  openPage('/')
  expect(await screen.findByText('You are not signed in')).toBeVisible()
})

test('a server that answers rubbish is an error with a next step, not a blank page', async () => {
  service().answers['GET /api/customers'] = () => ({ status: 500, body: 'oops' })
  openPage('/')
  expect(await screen.findByText('The server gave an answer this page cannot read.')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
})

test('a customer opens from the list with consent state and last run', async () => {
  service()
  openPage('/')
  const row = await screen.findByRole('link', { name: /A Active Run done 20 Nov 2026/ })
  await userEvent.click(row)
  expect(await screen.findByRole('heading', { level: 1, name: 'A' })).toBeVisible()
})

test('a metric without a value says why, and a stale summary says so', async () => {
  service().answers['GET /api/customers/A/results'] = () => results(true)
  openPage('/customers/A')
  const row = (await screen.findByRole('link', { name: 'Debits under mandates' })).closest('tr')
  expect(row).toHaveTextContent('Too few full months')
  expect(screen.getByText('Stale')).toBeVisible()
  expect(screen.getByText(/^Data or formulas moved on/)).toBeVisible()
})

test('a source that holds nothing says so in words, and its answer can be opened', async () => {
  const bare = { coverage: null, window: null, unit: 'count' }
  const summary = { name: 'ondc', as_of: '2026-10-31', is_stale: false }
  const metrics = [metric({ ...bare, id: 'ondc.records_count', value: 1, n: 1 }), metric({ ...bare, id: 'ondc.period_days', value: null, n: 0 })]
  service().answers['GET /api/customers/A/results'] = () => ok({ as_of: '2026-10-31', summaries: [{ ...summary, metrics }] })
  openPage('/customers/A')
  const panel = within(await screen.findByRole('region', { name: 'Orders of a network' }))
  expect(panel.getByText(/^Nothing is held there/)).toBeVisible()
  expect(panel.getByRole('link', { name: 'See its answer' })).toHaveAttribute('href', '/customers/A?metric=ondc.records_count')
})

test('several consents each say channel and party, and each is revoked by itself', async () => {
  const { answers, asked } = service()
  const second = consent({ consent_id: 'con_2', channel: 'ONDC', sources: ['ondc'], party: 'PARTNER-1' })
  answers['GET /api/customers/A/consents'] = () => ok({ consents: [consent({ party: 'ENTITY' }), second] })
  answers['POST /api/consents/con_2/revoke'] = () => {
    answers['GET /api/customers/A/consents'] = () => ok({ consents: [consent({ party: 'ENTITY' }), { ...second, state: 'REVOKED' }] })
    return ok({ consent_id: 'con_2', state: 'REVOKED', removed: { deliveries: 1, objects: 3 } })
  }
  openPage('/customers/A')
  expect(await screen.findByText('by Account Aggregator, for the business')).toBeVisible()
  expect(screen.getByText('by ONDC, for Partner-1')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Revoke: Orders of a network' }))
  await userEvent.click(screen.getByRole('button', { name: 'Revoke and erase' }))
  expect(await screen.findByText(/^Consent revoked/)).toBeVisible()
  expect(asked).not.toContain('POST /api/consents/con_1/revoke')
  expect(screen.getByRole('button', { name: 'Revoke: Bank deposits' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Revoke: Orders of a network' })).toBeNull()
})

test('a customer whose flow was never run is shown the next step, not a failure', async () => {
  service().answers['GET /api/customers/A/results'] = () => problem(404, 'NOTHING_ANALYZED', 'no results', 'bahi run')
  openPage('/customers/A')
  expect(await screen.findByText('No results yet')).toBeVisible()
  expect(screen.queryByRole('alert')).toBeNull()
})

test('an id that cannot be anybody’s is said once, and asking again is not offered', async () => {
  const { answers } = service()
  for (const part of ['consents', 'runs', 'results']) {
    answers[`GET /api/customers/a%20b/${part}`] = () => problem(400, 'CUSTOMER_ID_INVALID', 'the id is malformed', '')
  }
  openPage('/customers/a%20b')
  expect(await screen.findAllByRole('alert')).toHaveLength(1)
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})

test('a metric opens to formula, window, coverage and raw lines, page by page', async () => {
  service()
  openPage('/customers/A?metric=bank.credits_paise')
  const sheet = within(await screen.findByRole('dialog', { name: 'Credits in the window' }))
  expect(sheet.getByText('Sum of credits')).toBeVisible()
  expect(sheet.getByText('Nov 2025 – Oct 2026')).toBeVisible()
  expect(sheet.getByText('50 of 60')).toBeVisible()
  await userEvent.click(sheet.getByRole('button', { name: 'Load more' }))
  expect(await sheet.findByText('60 of 60')).toBeVisible()
  expect(sheet.queryByText('{"raw":59}')).toBeNull()
  await userEvent.click(sheet.getAllByText(/line 60/)[0] as HTMLElement)
  expect(await sheet.findByText('{"raw":59}')).toBeVisible()
  expect(sheet.getAllByText('\u2212₹1.50')).toHaveLength(60)
  expect(sheet.queryByRole('button', { name: 'Load more' })).toBeNull()
})

test('revoking asks first, then shows what was erased and the refusal instead of any number', async () => {
  const { answers, asked } = service()
  answers['POST /api/consents/con_1/revoke'] = () => {
    answers['GET /api/customers/A/results'] = () => REFUSED
    answers['GET /api/customers/A/consents'] = () => ok({ consents: [consent({ state: 'REVOKED', has_certificate: true })] })
    return ok({ consent_id: 'con_1', state: 'REVOKED', removed: { deliveries: 1, objects: 6 } })
  }
  openPage('/customers/A')
  expect(await screen.findAllByText('₹2,31,40,552.37')).not.toHaveLength(0)
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke: Bank deposits' }))
  expect(asked).not.toContain('POST /api/consents/con_1/revoke')
  await userEvent.click(screen.getByRole('button', { name: 'Revoke and erase' }))
  const refusal = await screen.findByRole('alert')
  expect(refusal).toHaveTextContent('CONSENT_REVOKED')
  expect(refusal).toHaveTextContent('The consent for bank was revoked')
  expect(refusal).toHaveTextContent('bahi consent grant --customer-id A')
  expect(await screen.findByText('Consent revoked. Erased: 1 delivery, 6 files.')).toBeVisible()
  expect(screen.queryByText('₹2,31,40,552.37')).toBeNull()
})

test('what was erased has a certificate to save, and nothing else has', async () => {
  const { answers } = service()
  const gone = consent({ consent_id: 'con_2', state: 'REVOKED', sources: ['ondc'], has_certificate: true })
  answers['GET /api/customers/A/consents'] = () => ok({ consents: [consent(), gone] })
  openPage('/customers/A')
  const link = await screen.findByRole('link', { name: /^Save the certificate of erasure for / })
  expect(link).toHaveAttribute('href', '/api/consents/con_2/certificate')
  expect(link).toHaveAttribute('download', 'certificate-con_2.json')
  expect(link.closest('li')).toHaveAttribute('data-consent', 'con_2')
  await userEvent.tab()
  while (document.activeElement !== link && document.activeElement !== document.body) await userEvent.tab()
  expect(link).toHaveFocus()
})

test('numbers read before are not shown when a later read is refused', async () => {
  const { answers } = service()
  openPage('/customers/A')
  await screen.findAllByText('₹2,31,40,552.37')
  answers['GET /api/customers/A/results'] = () => REFUSED
  answers['POST /api/consents/con_1/pause'] = () => ok({ consent_id: 'con_1', state: 'PAUSED', removed: null })
  await userEvent.click(await screen.findByRole('button', { name: 'Pause: Bank deposits' }))
  expect(await screen.findByText('Access refused')).toBeVisible()
  expect(screen.queryByText('₹2,31,40,552.37')).toBeNull()
})

test('a grant asks for every source unless some are left out; what the server refuses stays in the form', async () => {
  const { answers } = service()
  const grant = vi.fn(() => problem(400, 'SOURCE_UNKNOWN', 'no such source', 'known: bank'))
  answers['POST /api/customers/A/consents'] = grant
  openPage('/customers/A')
  await userEvent.click(await screen.findByRole('button', { name: 'Grant consent' }))
  const form = within(screen.getByRole('dialog'))
  const [bank, ondc] = within(form.getByRole('group', { name: 'Sources' })).getAllByRole('checkbox')
  expect([bank, ondc].map((box) => (box as HTMLInputElement).checked)).toEqual([true, true])
  await userEvent.click(form.getByRole('button', { name: 'Choose none' }))
  await userEvent.click(form.getByRole('button', { name: 'Grant consent' }))
  expect(form.getByText('Choose at least one source.')).toBeVisible()
  expect(grant).not.toHaveBeenCalled()
  await userEvent.click(form.getByRole('button', { name: 'Choose all' }))
  await userEvent.click(form.getByRole('checkbox', { name: 'Bank deposits by Account Aggregator or direct upload' }))
  await userEvent.click(form.getByRole('button', { name: 'Grant consent' }))
  expect(await form.findByText('SOURCE_UNKNOWN')).toBeVisible()
  expect(grant).toHaveBeenCalledWith({ purpose: 103, sources: ['ondc'] }, expect.anything())
})

test('outside the sandbox nobody signs from this page', async () => {
  service().answers['GET /api/session'] = () => ok(session({ environment: 'production' }))
  openPage('/customers/A')
  expect(await screen.findByRole('button', { name: 'Revoke: Bank deposits' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Grant consent' })).toBeNull()
})

test('the theme turns from the system’s to light to dark and back, and is remembered', async () => {
  service()
  openPage('/')
  const theme = () => [document.documentElement.dataset['theme'], localStorage.getItem('bahi.theme')]
  await userEvent.click(await screen.findByRole('button', { name: /^Theme: as the system/ }))
  expect(theme()).toEqual(['light', 'light'])
  await userEvent.click(screen.getByRole('button', { name: /^Theme: light/ }))
  expect(theme()).toEqual(['dark', 'dark'])
  await userEvent.click(screen.getByRole('button', { name: /^Theme: dark/ }))
  expect(theme()).toEqual([undefined, 'system'])
})
