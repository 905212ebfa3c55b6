import { type Action, active, blocked, type Charm, type Desired, defineCharm, type Hook, type Status, waiting } from '@charmed-feast/charm'
import { secretInfo, secretSet } from '@charmed-feast/charm/hook-tool'

import { BundleError } from '../errors.ts'
import { makePassword } from '../postgres/password.ts'
import { answerRequest, asksForRoles, credentialsOf, type Provided, type Request, relationOfLabel, userLabel, userOf } from './request.ts'
import type { DatabaseServer } from './server.ts'

const metadata = {
  name: 'postgresql',
  provides: { database: { interface: 'postgresql_client' } },
  config: {
    tls: { type: 'boolean', default: false, description: 'Clients speak TLS, and verify the server by the authority in the relation.' },
  },
} as const
type Metadata = typeof metadata

interface Observation {
  readonly leader: boolean
  readonly provided: readonly Provided[]
  /** Why a database could not be made; then nothing is said to anybody. */
  readonly failure: Status | null
}

/** The databases that are asked for, each with its user and the password that it has or gets now. */
const readRequests = async (hook: Hook<Metadata>): Promise<readonly Request[]> => {
  const requests: Request[] = []
  for (const relation of await hook.relations('database', ['remoteApp', 'localApp'])) {
    const { database } = relation.remoteApp
    if (database === undefined || database === '') continue
    const kept = (await hook.findSecret({ label: userLabel(relation.id), revision: 'refresh' })) ?? relation.localApp
    const password = kept?.password ?? makePassword()
    hook.protect(password)
    requests.push({ relation, database, user: userOf(relation.id), password, makesRoles: asksForRoles(relation.remoteApp) })
  }
  return requests
}

const explain = (error: unknown): Status => {
  if (error instanceof BundleError) return blocked(error.message)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  return waiting(`PostgreSQL cannot make the databases (${code}); tried again in the next hook`)
}

/** Users of relations that are gone: a secret is still there, and goes with the hook that retires its user. */
const goneUsers = async (hook: Hook<Metadata>): Promise<readonly string[]> => {
  const relations = await hook.relations('database')
  const labels = (await hook.ownSecrets()).flatMap(({ label }) => (label === null ? [] : [relationOfLabel(label)]))
  const gone = labels.filter((id) => id !== null && !relations.some((relation) => relation.id === id))
  return [...new Set(gone)].map((id) => userOf(Number(id)))
}

/*
 * The server is this charm's workload, and the framework has no writer for it: so observing makes the databases. That comes before
 * anybody hears of them, can be done any number of times, and a failure leaves everything as it was.
 */
const observe = async (hook: Hook<Metadata>, server: DatabaseServer): Promise<Observation> => {
  if (!(await hook.isLeader())) return { leader: false, provided: [], failure: null }
  const requests = await readRequests(hook)
  const { tls } = await hook.config()
  try {
    const provided: Provided[] = []
    for (const request of requests) {
      const { database, user, password, makesRoles } = request
      await server.provide({ name: database, user, password, makesRoles })
      provided.push({ ...request, authority: await server.setEncryption({ database, encrypted: tls }) })
    }
    for (const user of await goneUsers(hook)) await server.retire(user)
    return { leader: true, provided, failure: null }
  } catch (error) {
    return { leader: true, provided: [], failure: explain(error) }
  }
}

const reconcile = ({ leader, provided, failure }: Observation, server: DatabaseServer): Desired<Metadata> => {
  if (failure !== null) return { unitStatus: [failure] }
  if (!leader) return { unitStatus: [active()] }
  const answers = provided.map((request) => ({ relation: request.relation, ...answerRequest(request, server) }))
  return {
    secrets: { owns: (label) => relationOfLabel(label) !== null, present: answers.flatMap(({ secrets }) => secrets) },
    relations: answers.map(({ relation, app }) => ({ relation, app })),
    version: server.version,
    unitStatus: [active('Primary')],
  }
}

/** New passwords first for PostgreSQL, then in the secrets. A hook that dies between gives the old one back: the secret's word counts. */
const rotate = async (action: Action<Metadata>, server: DatabaseServer): Promise<void> => {
  const { hook } = action
  if (!(await hook.isLeader())) return action.fail('only the leader knows the passwords: run this on its unit')
  const requests = await readRequests(hook)
  const secrets = requests.filter(({ relation }) => relation.localApp?.['secret-user'] !== undefined)
  for (const { relation, database, user, makesRoles } of secrets) {
    const password = makePassword()
    hook.protect(password)
    await server.provide({ name: database, user, password, makesRoles })
    const { id } = await secretInfo(hook.run, { label: userLabel(relation.id) })
    await secretSet(hook.run, id, { owner: 'application', content: credentialsOf({ database, user, password }, server) })
  }
  await action.set({ rotated: String(secrets.length) })
}

/**
 * A provider of `postgresql_client` over a server that is there already, as postgresql-k8s speaks it: for the laptop.
 *
 * @example
 * const charms = { postgresql: inProcess(postgresqlCharm(embeddedServer(postgres))) }
 */
export const postgresqlCharm = (server: DatabaseServer): Charm<Metadata, Observation> =>
  defineCharm({
    metadata,
    observe: (hook) => observe(hook, server),
    reconcile: (observation) => reconcile(observation, server),
    actions: { 'rotate-password': (action) => rotate(action, server) },
  })
