import { readdirSync } from 'node:fs'
import js from '@eslint/js'
import a11y from 'eslint-plugin-jsx-a11y'
import hooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import ts from 'typescript-eslint'

const features = readdirSync(new URL('./src/features', import.meta.url))
const root = import.meta.dirname

const UPWARD = { group: ['./*', '../*'], message: 'Import by @/ so that the zones can be read off the path.' }
const BARREL = { regex: '^@/(features/)?[a-z0-9-]+$', message: 'There are no barrels: import the file that holds it.' }
const APP = { group: ['@/app/*'], message: 'Imports go shared, features, app; app stands last.' }
const FEATURES = { group: ['@/features/*'], message: 'What is shared knows no feature.' }

function zone(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [UPWARD, BARREL, ...patterns] }] } }
}

/** Everything under features but the feature itself is out of its reach. */
function featureZone(name) {
  const others = { regex: `^@/features/(?!${name}/)`, message: 'Features never import each other; share it below.' }
  return zone([`src/features/${name}/**`], [APP, others])
}

export default ts.config(
  { ignores: ['node_modules', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  { files: ['src/**/*.{ts,tsx}'], extends: [ts.configs.strictTypeChecked, a11y.flatConfigs.strict, hooks.configs.flat['recommended-latest']], languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  { files: ['e2e/**', 'dev/**'], languageOptions: { globals: { ...globals.node, document: 'readonly', window: 'readonly' } } },
  {
    rules: {
      eqeqeq: 'error',
      complexity: ['error', 10],
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', 120],
      'max-params': ['error', 5],
      'no-console': 'error',
    },
  },
  zone(['src/{api,design,i18n}/**'], [APP, FEATURES]),
  ...features.map(featureZone),
  zone(['src/{app,testing}/**'], []),
  {
    files: ['src/**/*.test.{ts,tsx}'],
    rules: { 'max-lines-per-function': 'off' },
  },
)
