import { defineConfig } from 'vitest/config'

// As in vitest.config.ts.
const conditions = ['source', 'node']

/** Against real Pebble and the real Kubernetes API, which are built from their Go modules when they are missing. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    include: ['**/*.real.test.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
})
