import { defineConfig } from 'vitest/config'

// As in vitest.config.ts.
const conditions = ['source', 'node']

/** What takes minutes: packages built, packed, installed and run as a user has them. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    include: ['**/*.long.test.ts'],
    globalSetup: ['house/postgres-setup.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
