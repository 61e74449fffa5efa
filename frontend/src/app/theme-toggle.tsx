import { Button } from '@/design/button'
import { MoonIcon, ScreenIcon, SunIcon } from '@/design/icons'
import { useTheme, type Theme } from '@/design/theme'
import { useText } from '@/i18n/text'

const ICONS = { system: ScreenIcon, light: SunIcon, dark: MoonIcon } satisfies Record<Theme, unknown>

export function ThemeToggle() {
  const text = useText()
  const { theme, turn } = useTheme()
  const Icon = ICONS[theme]
  return (
    <Button look="plain" className="w-8 px-0 max-sm:w-10" aria-label={text.theme[theme]} title={text.theme[theme]} onClick={turn}>
      <Icon />
    </Button>
  )
}
