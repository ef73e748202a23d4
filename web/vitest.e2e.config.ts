// The browser's tests, which are in tests/e2e: vitest runs them, playwright-core drives Debian's Chromium. It is here because the
// packages are.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const ours = ['vitest', 'playwright-core', 'axe-core']

export default defineConfig({
  root: here('../tests/e2e'),
  resolve: { alias: { '@': here('src'), ...Object.fromEntries(ours.map((name) => [name, here(`node_modules/${name}`)])) } },
  server: { fs: { allow: [here('..')] } },
  cacheDir: here('node_modules/.vite-e2e'),
  test: {
    include: [process.env.E2E_ONLY ?? '*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two browsers and two servers are as many as a small machine takes.
    maxWorkers: 2,
    pool: 'forks',
  },
})
