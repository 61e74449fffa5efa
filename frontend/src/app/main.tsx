import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '@/app/app'
import { pageQueries } from '@/app/queries'
import { applyTheme, storedTheme } from '@/design/theme'
import '@/design/base.css'

applyTheme(storedTheme())
const root = document.getElementById('root')
if (root === null) throw new Error('index.html holds no element with the id root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={pageQueries()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
