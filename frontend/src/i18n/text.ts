import { createContext, useContext } from 'react'
import { en } from '@/i18n/en'

export type Text = typeof en

/** A further language is one more entry: hi: Text. */
export const languages = { en } satisfies Record<string, Text>

export const TextContext = createContext<Text>(languages.en)

export function useText(): Text {
  return useContext(TextContext)
}
