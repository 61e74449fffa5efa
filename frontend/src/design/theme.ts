import { useState } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const STORED = 'bahi.theme'
const ORDER: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

export function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Without the attribute the browser follows the system. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
}

export function useTheme(): { theme: Theme; turn: () => void } {
  const [theme, setTheme] = useState(storedTheme)
  const turn = () => {
    const next = ORDER[theme]
    localStorage.setItem(STORED, next)
    applyTheme(next)
    setTheme(next)
  }
  return { theme, turn }
}
