/** What must hold on every page, whatever it shows. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Without motion a turned theme is there after a frame or two. */
const SETTLE_MS = 60
const SIZES = [
  { width: 1360, height: 900 },
  { width: 390, height: 844 },
]

/** Notes every fault the browser sees and every address outside our own; both lists must stay empty. */
export function watched(context, origin) {
  const faults = []
  context.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`asked outside: ${request.url()}`)
  })
  context.on('weberror', (fault) => faults.push(`uncaught: ${fault.error().message}`))
  context.on('console', (message) => {
    // The browser itself notes each refused answer; those are asserted where they are expected.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) faults.push(`console: ${message.text()}`)
  })
  return faults
}

/** Walks both sizes and both themes: no accessibility fault by axe, nothing wider than the screen. */
export async function assertSound(page, what, shots) {
  for (const size of SIZES) {
    for (const colorScheme of ['light', 'dark']) {
      const name = `${what}-${size.width}-${colorScheme}`
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.waitForTimeout(SETTLE_MS)
      if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
      assert.deepEqual(await axeFaults(page), [], `${name}: accessibility`)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      assert.ok(overflow <= 0, `${name}: ${overflow} px wider than the screen`)
    }
  }
  await page.setViewportSize(SIZES[0])
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
}

async function axeFaults(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
}
