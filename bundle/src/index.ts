export { BundleError, type BundleErrorCode } from './errors.ts'
export type { Settings } from './postgres/configuration.ts'
export type { DatabaseWish } from './postgres/database.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './postgres/postgres.ts'
