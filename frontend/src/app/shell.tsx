import type { ReactNode } from 'react'
import { Brand } from '@/app/brand'
import { ThemeToggle } from '@/app/theme-toggle'
import { CustomerList } from '@/features/customers/customer-list'
import { useText } from '@/i18n/text'

type Props = { chosen: string | null; children: ReactNode }

/** On a laptop the list stands beside the customer; on a phone it is a page of its own. */
export function Shell({ chosen, children }: Props) {
  const text = useText()
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[16rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-10 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:absolute focus:m-2"
      >
        {text.skipToContent}
      </a>
      <div
        className={`border-line bg-surface lg:sticky lg:top-0 lg:h-dvh lg:overflow-y-auto lg:border-r ${chosen === null ? 'max-lg:min-h-dvh' : ''}`}
      >
        <header className="flex min-h-14 items-center justify-between px-4 max-lg:border-b max-lg:border-line">
          <Brand />
          <ThemeToggle />
        </header>
        <nav aria-label={text.customers.title} className={`px-3 pb-4 ${chosen === null ? 'max-lg:pt-3' : 'max-lg:hidden'}`}>
          <h2 className="px-2.5 pb-2 text-xs font-medium text-quiet">{text.customers.title}</h2>
          <CustomerList chosen={chosen} />
        </nav>
      </div>
      <main id="content" tabIndex={-1} className={`min-w-0 outline-none ${chosen === null ? 'max-lg:hidden' : ''}`}>
        {children}
      </main>
    </div>
  )
}
