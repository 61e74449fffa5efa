import type { ReactNode } from 'react'
import { Brand } from '@/app/brand'
import { ThemeToggle } from '@/app/theme-toggle'
import { CustomerList } from '@/features/customers/customer-list'
import { useText } from '@/i18n/text'

type Props = { chosen: string | null; children: ReactNode }

/** On a laptop the list stands beside the customer; on a phone it is a page of its own, and the main part of it. */
export function Shell({ chosen, children }: Props) {
  const text = useText()
  const isList = chosen === null
  const Heading = isList ? 'h1' : 'h2'
  const main = { id: 'content', role: 'main', tabIndex: -1 }
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-10 rounded-md bg-surface focus:not-sr-only focus:absolute focus:m-2 focus:px-3 focus:py-2"
      >
        {text.skipToContent}
      </a>
      <div
        className={`border-line bg-surface lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto lg:border-r ${isList ? 'max-lg:min-h-dvh' : ''}`}
      >
        <header className="flex min-h-14 items-center justify-between px-4 max-lg:border-b max-lg:border-line">
          <Brand />
          <ThemeToggle />
        </header>
        <div {...(isList ? main : {})} className={`px-3 pb-4 outline-none ${isList ? 'max-lg:pt-3' : 'max-lg:hidden'}`}>
          <nav aria-label={text.customers.title}>
            <Heading className="px-2.5 pb-2 text-xs font-medium text-quiet">{text.customers.title}</Heading>
            <CustomerList chosen={chosen} />
          </nav>
        </div>
      </div>
      <div {...(isList ? {} : main)} className={`min-w-0 outline-none ${isList ? 'max-lg:hidden' : ''}`}>
        {children}
      </div>
    </div>
  )
}
