import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '@/api/queries'
import { nameText } from '@/i18n/names'
import { useText } from '@/i18n/text'

export type TitleOf = (source: string) => string

/** What the service calls its sources; one it does not list is made readable as it stands. */
export function useSourceTitle(): TitleOf {
  const text = useText()
  const { data } = useQuery({ ...sessionQuery, staleTime: Infinity })
  return (source) => data?.sources.find(({ name }) => name === source)?.title ?? nameText(source, text)
}
