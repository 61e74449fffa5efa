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
    projects: [
      {
        extends: true,
        test: { name: 'page', environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], setupFiles: ['src/testing/setup.ts'] },
      },
      { extends: true, test: { name: 'lint', environment: 'node', include: ['lint/**/*.test.js'] } },
    ],
    unstubGlobals: true,
    restoreMocks: true,
  },
})
