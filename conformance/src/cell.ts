import type { ValueTypeName } from '../../store/src/definition/value-type.ts'
import type { KindName } from '../../store/src/registry/kind.ts'
import type { FeastVersion } from './environment.ts'

/** What is compared of each kind of object that a release knows. */
export const kindChecks = {
  read: 'Python writes it, we read it whole, byte for byte',
  unchanged: 'Python writes it, our apply of the same changes nothing',
  listed: 'we write it, Python lists and gets it',
  kept: 'we write it, it says the same after an apply of Python',
  made_up: 'made-up definitions go through Python and back',
  file: 'the same in a registry file',
  list: '`feast … list` of both',
  describe: '`feast … describe` of both',
} as const
/** One of {@link kindChecks}. */
export type KindCheck = keyof typeof kindChecks

/** What is compared of each value type that a release knows. */
export const typeChecks = {
  bytes: 'both store the same bytes',
  reads: 'Python reads generated values that we wrote',
  field: 'as the type of a field, through Python and back',
  key: 'as the type of a join key',
  pushed_by_python: 'Python pushes, we read online',
  pushed_by_us: 'we push, Python reads online',
  loaded_by_python: 'Python materializes, we read online',
  loaded_by_us: 'we materialize, Python reads online',
  history: 'both give the same history',
} as const
/** One of {@link typeChecks}. */
export type TypeCheck = keyof typeof typeChecks

/** What both do with a registry and its stores, beside objects and values one by one. */
export const operations = {
  tables_of_registry: 'the tables of the registry, and an apply onto those of an older Feast',
  messages: 'every message, field, number and enum value of the protobuf files',
  change_by_python: 'Python changes and removes objects that we wrote; we say what changed',
  versions: 'the versions of a view, as it changes',
  reapply: 'one applies what the other applied: no difference in our plan',
  local_repository: 'a repository that Python’s `feast init` made, without a server',
  configuration: 'feature_store.yaml, field by field',
  yaml: 'YAML texts, as PyYAML reads them',
  value_columns: 'the text and number columns beside a value',
  rows_history: 'generated rows: history by both, each against an oracle',
  rows_online: 'generated rows: materialized by each, read online by both',
  commands: 'commands, their output and their exit codes',
  rest: 'REST requests of the registry server',
  pages: 'Feast’s own web UI beside our REST',
  notebook: 'a notebook of the bundle, with nothing but the mounted file',
  main_job: 'the checksum of `npm start`',
} as const
/** One of {@link operations}. */
export type Operation = keyof typeof operations

/** One thing that is compared with one release. */
export type CellPlace = { readonly version: FeastVersion } & (
  | { readonly kind: KindName; readonly check: KindCheck }
  | { readonly type: ValueTypeName; readonly check: TypeCheck }
  | { readonly operation: Operation }
)

/** How much a cell compared. */
export interface CellCounts {
  readonly objects?: number
  readonly rows?: number
  readonly values?: number
}

/** What came of a comparison. */
export type Cell = CellPlace &
  CellCounts & {
    readonly state: 'tested' | 'impossible' | 'deviating'
    /** Why it is impossible, or the words by which docs/reference/differences.md has the difference. */
    readonly why?: string
  }

declare module 'vitest' {
  interface TaskMeta {
    cells?: Cell[]
  }
}
