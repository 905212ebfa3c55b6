import { configDefaults, defineConfig } from 'vitest/config'

// vitest hands these to Node too: 'import' or 'default' among them would make `require` take a package's ESM (pg-pool).
const conditions = ['source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    include: ['{store,server,cli,charm,bundle,ui,house}/test/**/*.test.ts', 'charms/*/test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, '**/*.{real,long,ui}.test.ts'],
    globalSetup: ['house/postgres-setup.ts'],
    pool: 'forks',
    execArgv: ['--conditions=source'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
