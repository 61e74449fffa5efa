/** Pictures of the page in both themes at laptop and phone width: node dev/shots.mjs SIGN_IN_LINK FOLDER [CUSTOMER] */
import { withPage } from '../e2e/browser.mjs'

const [link, folder, customer = 'DEMO-1'] = process.argv.slice(2)
const sizes = { laptop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } }

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark']) {
    await withPage({ viewport, colorScheme }, async (page) => {
      const shot = async (name) => {
        await page.waitForTimeout(350)
        await page.screenshot({ path: `${folder}/${size}-${colorScheme}-${name}.png`, fullPage: name !== 'metric' && name !== 'revoke' })
      }
      await page.goto(new URL('/', link).href)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await shot('signed-out')
      await page.goto(link)
      await page.getByRole('link', { name: customer }).waitFor()
      await shot('customers')
      await page.getByRole('link', { name: customer }).click()
      await page.getByRole('button', { name: 'Run flow' }).click()
      await page.getByText(/Flow finished|Nothing changed/).waitFor()
      await shot('customer')
      await page.locator('[data-metric="bank.credits_paise"] a').click()
      await page.locator('[data-line] summary').nth(1).click()
      await shot('metric')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Revoke' }).first().click()
      await shot('revoke')
    })
  }
}
