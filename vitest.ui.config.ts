import { defineConfig } from 'vitest/config'

// As in vitest.config.ts.
const conditions = ['source', 'node']

/** The gates of the web UI (`npm run check:ui`): how fast and how small it is, and every route in every state. On a machine of its own. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    include: ['ui/test/browser/*.ui.test.ts'],
    globalSetup: ['house/postgres-setup.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
})
