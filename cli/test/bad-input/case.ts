import type { TestDatabase } from '../../../house/postgres.ts'

/** The databases that a configuration names. */
export interface Databases {
  readonly registry: TestDatabase
  readonly online: TestDatabase
  readonly offline: TestDatabase
  /** May log in to all three, and nothing else unless a case grants it. */
  readonly stranger: { readonly user: string; readonly password: string }
}

/** Something wrong that somebody may do. */
export interface BadCase {
  readonly kind:
    | 'YAML'
    | 'definitions'
    | 'references'
    | 'entity rows'
    | 'dates'
    | 'types'
    | 'missing tables'
    | 'missing grants'
    | 'wrong passwords'
    | 'database gone'
  readonly name: string
  readonly words: readonly string[]
  /** The feature_store.yaml; the good one when left out, undefined for none at all. */
  readonly yaml?: ((databases: Databases) => string) | 'none'
  /** The module of the repository; the good one when left out. */
  readonly module?: string
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>
  /** What is run as the superuser before, and undone by `after`; each in the database that is named. */
  readonly before?: readonly (readonly [keyof Omit<Databases, 'stranger'>, string])[]
  readonly after?: readonly (readonly [keyof Omit<Databases, 'stranger'>, string])[]
  readonly code: string
  readonly exit: 1 | 2
  /** What the message has to hold; `USER` is the user of the case's databases. */
  readonly message: string
}

type Room = 'registry' | 'online' | 'offline'
type Change = Partial<Pick<TestDatabase, 'host' | 'port' | 'user' | 'password' | 'database'>>

/** The good configuration, with what a case changes of the way to its databases, and lines that are added or put in its place. */
export const yamlOf = (
  databases: Databases,
  {
    registry = {},
    online = {},
    offline = {},
    top = '',
    registryMore = '',
    onlineMore = '',
    offlineMore = '',
  }: Partial<Record<Room, Change>> & Partial<Record<'top' | 'registryMore' | 'onlineMore' | 'offlineMore', string>> = {},
): string => {
  const section = (at: TestDatabase, more: string) =>
    `{type: postgres, host: "${at.host}", port: ${at.port}, database: ${at.database}, user: ${at.user}, password: "${at.password}", sslmode: disable${more}}`
  const to = { ...databases.registry, ...registry }
  return `project: rides
registry: {registry_type: sql, path: "postgresql://${to.user}:${to.password}@${to.host}:${to.port}/${to.database}?sslmode=disable"${registryMore}}
online_store: ${section({ ...databases.online, ...online }, onlineMore)}
offline_store: ${section({ ...databases.offline, ...offline }, offlineMore)}
entity_key_serialization_version: 3
${top}`
}

/** The module of a good repository; `view` replaces what is said of its one view. */
export const moduleOf = ({
  schema = '{ rate: float64, trips: int64 }',
  source = `table: 'trips', timestampField: 'at'`,
  more = '',
} = {}): string =>
  `import { entity, featureService, featureView, float64, int64, postgresSource, string } from '@charmed-feast/store'
export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
export const stats = featureView({ name: 'stats', entities: [driver], schema: ${schema}, source: postgresSource({ ${source} }) })
export const main = featureService({ name: 'main', features: [stats] })
${more}`
