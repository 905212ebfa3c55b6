import { expect } from 'vitest'
import { parse, stringify } from 'yaml'
import { deployFeast, feastCharms } from '../../src/feast.ts'
import type { Charms } from '../../src/model/application.ts'
import { type LocalModel, openLocalModel } from '../../src/model/local-model.ts'
import type { HookRecord } from '../../src/model/run-hook.ts'
import type { DatabaseWish } from '../../src/postgres/database.ts'
import type { EncryptionWish } from '../../src/postgres/encryption.ts'
import type { DatabaseServer } from '../../src/postgresql/server.ts'

// Whatever happens in whatever order, everything ends in the same place. Charms and model are the real ones; of the server only who may
// log in matters here, so that it is a table: feast.test.ts has the real one.

class UserTable implements DatabaseServer {
  readonly host = '127.0.0.1'
  readonly port = 5432
  readonly version = '18.4'
  readonly users = new Map<string, DatabaseWish>()
  readonly encrypted = new Set<string>()
  async provide(wish: DatabaseWish): Promise<void> {
    this.users.set(wish.user, wish)
  }
  async setEncryption({ database, encrypted }: EncryptionWish): Promise<string | null> {
    if (encrypted) this.encrypted.add(database)
    else this.encrypted.delete(database)
    return encrypted ? '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' : null
  }
  async retire(user: string): Promise<void> {
    this.users.delete(user)
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
const randomOf = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Random = () => number
const below = (random: Random, limit: number): number => Math.floor(random() * limit)
const shuffle = <Value>(random: Random, values: readonly Value[]): Value[] =>
  values
    .map((value) => [random(), value] as const)
    .sort(([left], [right]) => left - right)
    .map(([, value]) => value)

const databases = ['offline-store', 'online-store', 'registry']
const relations: readonly (readonly [string, string])[] = [
  ...databases.map((name) => [`feast-integrator:${name}`, `${name}:database`] as const),
  ['feast-ui:feast-configuration', 'feast-integrator:feast-configuration'],
  ['feast-integrator:secrets', 'resource-dispatcher:secrets'],
  ['feast-integrator:pod-defaults', 'resource-dispatcher:pod-defaults'],
]

const areThere = (model: LocalModel, ends: readonly string[]): boolean =>
  ends.every((end) => model.model.applications[end.split(':')[0] ?? ''] !== undefined)

/** Applications come in any order, relations as soon as both their ends are there, hooks between. */
const deploy = async (model: LocalModel, random: Random): Promise<void> => {
  let open = shuffle(random, relations)
  for (const application of shuffle(random, [...databases, 'feast-integrator', 'feast-ui', 'resource-dispatcher'])) {
    const charm = databases.includes(application) ? 'postgresql' : application
    model.deploy({ application, charm, units: 1 + below(random, 2), ...(application === 'registry' ? { config: { tls: true } } : {}) })
    await model.settle({ steps: below(random, 12) })
    for (const [left, right] of open.filter((ends) => areThere(model, ends) && random() < 0.7)) {
      model.integrate(left, right)
      open = open.filter((ends) => ends[0] !== left)
      await model.settle({ steps: below(random, 6) })
    }
  }
  for (const ends of open) model.integrate(...ends)
}

const oneOf = <Value>(random: Random, values: readonly Value[]): Value | undefined => values[below(random, values.length)]

const living = (model: LocalModel, application: string): readonly string[] =>
  model.unitsOf(application).filter((unit) => model.state.units[unit]?.life === 'alive')

/** What can happen to a running deployment; all of it is mended by the charms alone. */
const disturbances: Readonly<Record<string, (model: LocalModel, random: Random) => Promise<void>>> = {
  rotate: async (model, random) => {
    const application = oneOf(random, databases) ?? ''
    expect((await model.runAction(`${application}/leader`, 'rotate-password')).status).toBe('completed')
  },
  'speak TLS and stop': async (model) => {
    model.setConfig('online-store', { tls: true })
    await model.settle()
    model.setConfig('online-store', { tls: false })
  },
  'lead another': async (model, random) => {
    const unit = oneOf(random, living(model, oneOf(random, Object.keys(model.model.applications)) ?? ''))
    if (unit !== undefined) model.setLeader(unit)
  },
  'lose a pod': async (model, random) => {
    const unit = oneOf(random, Object.keys(model.state.units))
    if (unit !== undefined) model.losePod(unit)
  },
  'add a unit': async (model, random) => model.addUnit(oneOf(random, Object.keys(model.model.applications)) ?? ''),
  'remove a unit': async (model, random) => {
    const application = oneOf(random, Object.keys(model.model.applications)) ?? ''
    const units = living(model, application)
    if (units.length > 1) model.removeUnit(oneOf(random, units) ?? '')
  },
  'replace a relation': async (model, random) => {
    const ends = oneOf(random, relations) ?? ['', '']
    model.removeRelation(...ends)
    await model.settle()
    model.integrate(...ends)
  },
}

interface StoreYaml {
  readonly [store: string]: { readonly user: string; readonly password: string; readonly path: string; readonly database: string }
}

/** What notebooks and UI have: the file of every unit, each user in it one that may log in, names and passwords left out. */
const describeEnd = (model: LocalModel, server: UserTable): readonly string[] => {
  const files = Object.entries(model.state.units).flatMap(([unit, { containers }]) =>
    Object.values(containers).flatMap((container) =>
      Object.entries(container.files).map(([path, text]) => [unit.split('/')[0] ?? '', path, text] as const),
    ),
  )
  const published = files.flatMap(([application, path, text]) => {
    if (path.endsWith('/feature_store.yaml')) return [[application, text] as const]
    const { kind, data = {} } = parse(text) as { readonly kind: string; readonly data?: Readonly<Record<string, string>> }
    return kind === 'Secret' ? [[application, Buffer.from(data['feature_store.yaml'] ?? '', 'base64').toString()] as const] : []
  })
  const described = published.map(([application, text]) => {
    const yaml = parse(text) as StoreYaml
    const credentials = ['offline_store', 'online_store'].map((store) => yaml[store])
    const [, user = '', password = ''] = /^postgresql:\/\/([^:]+):([^@]+)@/.exec(yaml.registry?.path ?? '') ?? []
    const all = [...credentials, { user, password: decodeURIComponent(password), database: 'registry' }]
    for (const each of all) expect(server.users.get(each?.user ?? '')).toMatchObject({ password: each?.password, name: each?.database })
    const bare = all.reduce(
      (left, each) => left.replaceAll(each?.user ?? '', 'USER').replaceAll(each?.password ?? '', 'PASSWORD'),
      stringify(yaml),
    )
    return `${application}\n${bare.replaceAll(encodeURIComponent(password), 'PASSWORD')}`
  })
  return [...new Set(described)].sort()
}

/** How the charms run: in this process, or each hook as a process of its own. */
export type MakeCharms = (server: DatabaseServer) => Charms

/**
 * Deploys, disturbs and settles in the order of a seed, and says where that ended; on the way no hook fails, and no password is logged.
 *
 * @example
 * expect(await runOrder(7, feastCharms)).toEqual(await runPlain())
 */
export const runOrder = async (seed: number, charmsOf: MakeCharms): Promise<readonly string[]> => {
  const random = randomOf(seed)
  const server = new UserTable()
  const records: HookRecord[] = []
  const pick = (units: readonly string[]): string => oneOf(random, units) ?? ''
  const model = openLocalModel({ charms: charmsOf(server), pick, onHook: (record) => records.push(record) })
  await deploy(model, random)
  await model.settle()
  const events = shuffle(random, Object.keys(disturbances)).slice(0, 1 + below(random, 5))
  for (const name of events) {
    await disturbances[name]?.(model, random)
    await model.settle({ steps: below(random, 10) })
  }
  await model.settle()
  const followers = /^(waiting \[leadership-gate\] Waiting for leadership|active( Primary)?)$/
  const bad = Object.values(model.model.units).filter(({ name, application, status }) => {
    const text = `${status.status} ${status.message}`.trim()
    return model.model.applications[application]?.leader === name ? !/^active( Primary)?$/.test(text) : !followers.test(text)
  })
  const failures = records.flatMap(({ unit, name, failure }) => (failure === null ? [] : [`${unit} ${name}: ${failure}`]))
  expect({ events, bad: bad.map(({ name, status }) => [name, status]), failures }).toEqual({ events, bad: [], failures: [] })
  const passwords = [...server.users.values()].map(({ password }) => password)
  const log = records.flatMap((record) => record.log.map(({ message }) => message)).join('\n')
  expect(passwords.filter((password) => log.includes(password))).toEqual([])
  expect([...server.encrypted]).toEqual(['registry'])
  return describeEnd(model, server)
}

/** Where a deployment ends that nothing disturbs. */
export const runPlain = async (): Promise<readonly string[]> => {
  const server = new UserTable()
  const model = openLocalModel({ charms: feastCharms(server) })
  deployFeast(model)
  model.setConfig('feast-integrator', { project: null, 'entity-key-serialization-version': null })
  await model.settle()
  const end = describeEnd(model, server)
  expect(end.map((text) => text.split('\n')[0])).toEqual(['feast-ui', 'resource-dispatcher'])
  return end
}
