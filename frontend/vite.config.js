import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const api = process.env['BAHI_API'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/',
  plugins: [react(), tailwind()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../api/static',
    emptyOutDir: true,
    // The content policy of the server allows no data: addresses.
    assetsInlineLimit: 0,
    // Every browser that knows light-dark() knows modulepreload.
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': api, '/sign-in': api } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}', 'lint/**/*.test.js'],
    setupFiles: ['src/testing/setup.ts'],
    unstubGlobals: true,
    restoreMocks: true,
  },
})
