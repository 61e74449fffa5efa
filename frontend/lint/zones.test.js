/** Every rule of the house is shown to catch what it forbids; the texts stand in for files that exist. */
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { expect, test } from 'vitest'

const eslint = new ESLint({ cwd: fileURLToPath(new URL('..', import.meta.url)) })
const uses = (path) => `import { x } from '${path}'\nexport const y = x\n`
const long = (lines) => `${'// .\n'.repeat(lines - 1)}export const y = 1\n`
const component = (lines) => `export function Y() {\n${'  void 0\n'.repeat(lines - 2)}}\n`

test.each([
  ['a feature that imports another', 'src/features/runs/feed.ts', uses('@/features/results/metric-path'), 'no-restricted-imports'],
  ['a feature that imports the app', 'src/features/runs/feed.ts', uses('@/app/brand'), 'no-restricted-imports'],
  ['a shared file that imports a feature', 'src/design/theme.ts', uses('@/features/runs/feed'), 'no-restricted-imports'],
  ['the typed client importing the app', 'src/api/client.ts', uses('@/app/brand'), 'no-restricted-imports'],
  ['an import from a barrel', 'src/app/app.tsx', uses('@/features/runs'), 'no-restricted-imports'],
  ['an import by a relative path', 'src/app/app.tsx', uses('../features/runs/feed'), 'no-restricted-imports'],
  ['a file of 251 lines', 'src/i18n/en.ts', long(251), 'max-lines'],
  ['a component of 121 lines', 'src/app/brand.tsx', component(121), 'max-lines-per-function'],
  ['a type of any', 'src/i18n/en.ts', 'export const y: any = 1\n', '@typescript-eslint/no-explicit-any'],
  ['a picture without words', 'src/app/brand.tsx', 'export const Y = () => <img src="/a.svg" />\n', 'jsx-a11y/alt-text'],
])('%s is refused', async (_what, filePath, text, rule) => {
  const [result] = await eslint.lintText(text, { filePath })
  expect(result.messages.map((message) => message.ruleId)).toContain(rule)
}, 60_000)

test('an import down the zones is allowed', async () => {
  const [result] = await eslint.lintText(uses('@/i18n/money'), { filePath: 'src/features/runs/feed.ts' })
  expect(result.messages.filter((message) => message.ruleId === 'no-restricted-imports')).toEqual([])
}, 60_000)
