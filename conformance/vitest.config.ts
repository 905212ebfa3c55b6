import { defineConfig } from 'vitest/config'

// As in ../vitest.config.ts.
const conditions = ['source', 'node']

/** The real Feast takes seconds to start, and each file starts it often: one file at a time on few cores. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['../house/postgres-setup.ts', 'setup.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
