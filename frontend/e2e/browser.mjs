/** Finds Debian's Chromium and opens it as a test needs it; a machine without one is an error, never a skip. */
import { access, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

async function chromiumPath() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const path of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  throw new Error('no Chromium on PATH; install it: apt-get install -y chromium')
}

/** Opens one fresh profile, hands its page to the work, and leaves nothing behind. */
export async function withPage(options, work) {
  const profile = await mkdtemp(join(tmpdir(), 'bahi-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await chromiumPath(),
    headless: true,
    args: FLAGS,
    ...options,
  })
  try {
    return await work(context.pages()[0] ?? (await context.newPage()), context)
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
}
