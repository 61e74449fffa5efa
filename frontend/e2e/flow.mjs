/**
 * The page in a real browser against a running service: sign in, run, watch, open numbers to their raw lines, revoke one
 * consent of several, then all, see the refusal. BAHI_URL is the sign-in link as `bahi serve` prints it, BAHI_CUSTOMER a
 * customer with active consents for every source. BAHI_SHOTS, if set, is a folder that takes pictures.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { withPage } from './browser.mjs'
import { assertSound, watched } from './checks.mjs'

const { BAHI_URL: link, BAHI_CUSTOMER: customer, BAHI_SHOTS: shots } = process.env
assert.ok(link, 'BAHI_URL must hold the sign-in link that bahi serve prints')
assert.ok(customer, 'BAHI_CUSTOMER must hold the id of a customer with active consents for every source')

const METRIC = 'bank.credits_paise'
const MESSAGES = 'ondc.records_count'
const RUN_MS = 60_000
const REVOKE_MS = 10_000
const home = new URL('/', link).href
const customerAt = new URL(`/customers/${customer}`, link).href

const button = (page, name) => page.getByRole('button', { name, exact: true })
const act = (page, what, source) => page.getByRole('button', { name: new RegExp(`^${what}: .*${source}`) })
const metricRow = (page, metric = METRIC) => page.locator(`[data-metric="${metric}"]`)
const sheet = (page) => page.locator('dialog[open]')
const refusal = (page) => page.getByRole('region', { name: 'Results' }).getByRole('alert')

const promises = {
  async 'a visitor without a session is told how to sign in'(page) {
    await page.goto(home)
    await page.getByText('bahi serve', { exact: true }).waitFor()
    await assertSound(page, 'signed-out', shots)
  },

  async 'the link signs in once and lists customers with consent and last run'(page) {
    await page.goto(link)
    const row = page.getByRole('link', { name: customer })
    await row.waitFor()
    assert.match(await row.innerText(), /Active/)
    assert.equal(new URL(page.url()).search, '', 'the token must not stay in the address')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content')
    await assertSound(page, 'customers', shots)
    await row.click()
    await page.getByRole('heading', { level: 1, name: customer }).waitFor()
  },

  async 'a run is watched step by step to its end'(page) {
    const [feed] = await Promise.all([page.waitForResponse(/\/api\/runs\/[^/]+\/events$/), button(page, 'Run flow').click()])
    assert.match(feed.headers()['content-type'], /^text\/event-stream/)
    for (const step of ['generate', 'clean', 'analyze']) {
      const over = page.locator(`[data-step="${step}"]:is([data-state="done"], [data-state="unchanged"], [data-state="failed"])`)
      await over.waitFor({ timeout: RUN_MS })
      assert.notEqual(await over.getAttribute('data-state'), 'failed', `${step} failed`)
    }
    await page.getByText(/^(Flow finished|Nothing changed)/).waitFor({ timeout: RUN_MS })
    await metricRow(page).waitFor()
  },

  async 'a run outlives a reload of the page'(page) {
    const [started] = await Promise.all([page.waitForResponse(isRunStart), button(page, 'Run flow').click()])
    const { run_id } = await started.json()
    await page.reload()
    await metricRow(page).waitFor()
    const more = page.getByRole('button', { name: /^Show \d+ more$/ })
    if (await more.isVisible()) await more.click()
    await page.locator(`[data-run="${run_id}"]`).first().waitFor()
    await page.locator(`[data-run="${run_id}"]`).getByText(/^(Done|Unchanged|Flow finished.*|Nothing changed.*)$/).filter({ visible: true }).last().waitFor({ timeout: RUN_MS })
  },

  async 'the customer page is sound in both themes on laptop and phone'(page) {
    await assertSound(page, 'customer', shots)
  },

  async 'a number opens to formula, window, coverage and its raw lines'(page) {
    const shown = await metricRow(page).locator('td').first().innerText()
    assert.match(shown, /^\u2212?₹[\d,]+\.\d\d$/)
    await metricRow(page).getByRole('link').click()
    await sheet(page).getByText(shown, { exact: true }).waitFor()
    for (const name of ['Formula', 'Window', 'Coverage']) {
      const fact = sheet(page).locator('div', { has: page.locator(`dt:text-is("${name}")`) }).locator('dd')
      assert.notEqual((await fact.first().innerText()).trim(), '', `${name} is empty`)
    }
    const before = await sheet(page).locator('[data-line]').count()
    assert.ok(before > 1, 'a sum rests on an account and at least one transaction')
    await assertMore(page, before)
    await assertRawLine(page, 0)
    await assertRawLine(page, before - 1)
    await assertSound(page, 'metric', shots)
  },

  async 'a number of another source opens to a message that can be read, and to its bytes'(page) {
    await page.keyboard.press('Escape')
    await sheet(page).waitFor({ state: 'detached' })
    await metricRow(page, MESSAGES).getByRole('link').click()
    await sheet(page).getByText(/Order · /).first().waitFor()
    await assertRawLine(page, 1)
    const row = sheet(page).locator('[data-line]').nth(1)
    await button(row, 'Laid out').press('Enter')
    await row.getByRole('button', { name: /^Show all \d+ lines$/ }).click()
    assert.equal(JSON.parse(await row.locator('pre').textContent()).context.action.slice(0, 3), 'on_')
    await assertSound(page, 'message', shots)
    await page.goto(`${customerAt}?metric=${METRIC}`)
  },

  async 'an open number has an address, and Escape leads back to its row'(page) {
    await page.reload()
    await sheet(page).locator('[data-line]').first().waitFor()
    await page.keyboard.press('Escape')
    await sheet(page).waitFor({ state: 'detached' })
    assert.equal(page.url(), customerAt)
    await metricRow(page).getByRole('link').focus()
    await page.keyboard.press('Enter')
    await sheet(page).locator('[data-line]').first().waitFor()
    await page.keyboard.press('Escape')
    await sheet(page).waitFor({ state: 'detached' })
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('href')), /metric=bank\.credits_paise/)
  },

  async 'pausing one consent takes away what rests on it, resuming gives it back'(page) {
    await act(page, 'Pause', 'Bank').click()
    await refusal(page).getByText('DERIVED_OUT_OF_SCOPE').waitFor()
    assert.equal(await metricRow(page).count(), 0)
    await assertRefused(page, METRIC, 'CONSENT_PAUSED')
    await act(page, 'Resume', 'Bank').click()
    await metricRow(page).waitFor()
  },

  async 'revoking asks first and can be called off'(page) {
    await act(page, 'Revoke', 'ONDC').click()
    await assertSound(page, 'revoke', shots)
    await button(page, 'Keep consent').click()
    await sheet(page).waitFor({ state: 'detached' })
    await metricRow(page).waitFor()
  },

  async 'of several consents one is revoked and the others stay'(page) {
    await act(page, 'Revoke', 'ONDC').click()
    await revoked(page)
    await page.getByText(/^Consent revoked\. Erased: /).waitFor()
    await assertRefused(page, MESSAGES, 'CONSENT_REVOKED')
    await act(page, 'Revoke', 'Bank').waitFor()
    await button(page, 'Run flow').click()
    await metricRow(page).waitFor({ timeout: RUN_MS })
    assert.equal(await metricRow(page, MESSAGES).count(), 0)
  },

  async 'a revoked consent is refused at once, with code, reason and remedy'(page) {
    await page.getByText(/^(Flow finished|Nothing changed)/).waitFor({ timeout: RUN_MS })
    for (const source of ['OCEN', 'GST', 'Bank']) {
      await act(page, 'Revoke', source).click()
      await revoked(page)
    }
    await refusal(page).getByText('CONSENT_REVOKED').waitFor({ timeout: REVOKE_MS })
    assert.match(await refusal(page).innerText(), /bahi consent grant/)
    assert.equal(await page.locator('[data-metric]').count(), 0, 'no number stays on the page')
    await assertSound(page, 'refused', shots)
    for (const metric of [null, METRIC]) await assertRefused(page, metric, 'CONSENT_REVOKED')
  },

  async 'what was erased has a certificate to save, signed and about this consent'(page) {
    const link = page.getByRole('link', { name: /^Save the certificate of erasure for / }).first()
    const [download] = await Promise.all([page.waitForEvent('download'), link.press('Enter')])
    const certificate = JSON.parse(readFileSync(await download.path(), 'utf8'))
    assert.equal(certificate.customer, customer)
    assert.ok(certificate.objects_n > 0 && certificate.signature.includes('..'))
  },

  async 'an address of a number kept from before is refused as well'(page) {
    await page.goto(`${customerAt}?metric=${METRIC}`)
    await sheet(page).getByText('CONSENT_REVOKED').waitFor()
    assert.equal(await sheet(page).locator('[data-line]').count(), 0)
    await page.keyboard.press('Escape')
  },

  async 'a run without consent does not start'(page) {
    await button(page, 'Run flow').click()
    await page.getByRole('region', { name: 'Flow' }).getByRole('alert').getByText('CONSENT_REVOKED').waitFor()
  },

  async 'a fresh consent is granted by form and the flow runs again'(page) {
    await button(page, 'Grant consent').click()
    await assertSound(page, 'grant', shots)
    const offered = await sheet(page).getByRole('checkbox').all()
    assert.ok(offered.length > 1, 'every source is offered')
    for (const choice of offered) assert.equal(await choice.isChecked(), true)
    await sheet(page).getByRole('button', { name: 'Grant consent' }).click()
    await sheet(page).waitFor({ state: 'detached' })
    await page.getByText('Consent active', { exact: true }).waitFor()
    await button(page, 'Run flow').click()
    await metricRow(page).waitFor({ timeout: RUN_MS })
  },
}

function isRunStart(response) {
  return response.request().method() === 'POST' && response.url().endsWith('/runs')
}

async function assertMore(page, before) {
  const more = sheet(page).getByRole('button', { name: 'Load more' })
  if (!(await more.isVisible())) return
  await more.click()
  await sheet(page).locator('[data-line]').nth(before).waitFor()
}

/** The hash beside a raw line is the hash of the very text shown. */
async function assertRawLine(page, at) {
  const row = sheet(page).locator('[data-line]').nth(at)
  await row.locator('summary').click()
  await row.locator('pre').waitFor()
  const bytes = button(row, 'As delivered')
  if (await bytes.isVisible()) await bytes.click()
  const text = await row.locator('[data-raw]').textContent()
  const [delivery, line, hash] = await row.locator('dl dd').allInnerTexts()
  assert.match(delivery, /^[0-9a-f]{16}$/)
  assert.match(line, /^[1-9][\d,]*$/)
  const hashes = [text, `${text}\n`].map((bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, hash.length))
  assert.ok(hash.length >= 16 && hashes.includes(hash), `the hash ${hash} is not of the line shown`)
}

async function revoked(page) {
  await button(page, 'Revoke and erase').click()
  await sheet(page).waitFor({ state: 'detached', timeout: REVOKE_MS })
}

/** Without a metric all results are asked for. */
async function assertRefused(page, metric, code) {
  const path = metric === null ? 'results' : `explain/${metric}`
  const answer = await page.request.get(new URL(`/api/customers/${customer}/${path}?purpose=103`, link).href)
  assert.equal(answer.status(), 403)
  assert.match(answer.headers()['content-type'], /^application\/problem\+json/)
  assert.equal((await answer.json()).code, code)
}

await withPage({ viewport: { width: 1360, height: 900 }, colorScheme: 'light' }, async (page, context) => {
  page.setDefaultTimeout(15_000)
  const faults = watched(context, new URL(link).origin)
  for (const [promise, keep] of Object.entries(promises)) {
    try {
      await keep(page)
      assert.deepEqual(faults, [])
    } catch (fault) {
      if (shots) await page.screenshot({ path: `${shots}/failed.png`, fullPage: true })
      process.stderr.write(`not ok  ${promise}\n        at ${page.url()}\n${(await page.locator('body').innerText()).slice(0, 1500)}\n`)
      throw fault
    }
    process.stdout.write(`ok  ${promise}\n`)
  }
})
