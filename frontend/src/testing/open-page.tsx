import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { App } from '@/app/app'
import { pageQueries } from '@/app/queries'

/** The whole page at an address, as main.tsx would start it. */
export function openPage(path: string) {
  window.history.replaceState(null, '', path)
  return render(
    <QueryClientProvider client={pageQueries()}>
      <App />
    </QueryClientProvider>,
  )
}
