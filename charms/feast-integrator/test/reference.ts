import {
  inProcess,
  newState,
  type Outcome,
  type RelationState,
  runScenario,
  type ScenarioEvent,
  type ScenarioOptions,
  type SecretState,
  type State,
  type StateInput,
} from '@charmed-feast/charm/testing'

import { charm } from '../src/charm.ts'

/** The charm, in this process. */
const integrator = inProcess(charm)

type RelationInput = NonNullable<StateInput['relations']>[number]

const requested = {
  'requested-secrets': '["username", "password", "tls", "tls-ca", "uris", "read-only-uris"]',
  'provided-secrets': '["mtls-chain"]',
}

/** A relation to a database that gives its credentials in clear text, as charm-compat's appendix B has it. */
export const database = (id: number, endpoint: string, said: Readonly<Record<string, string | undefined>> = {}): RelationInput => {
  const name = endpoint.replace('-', '_')
  const plain = { database: name, endpoints: `${endpoint}.example:5432`, username: `user_${id}`, password: `pw-${id}-long`, ...said }
  return {
    id,
    endpoint,
    interface: 'postgresql_client',
    remoteApp: `pg-${endpoint}`,
    remoteAppData: Object.fromEntries(Object.entries(plain).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    localAppData: { ...requested, database: name },
    localUnitData: requested,
  }
}

/** A relation to a database that gives its credentials in a secret; see {@link userSecret}. */
export const databaseBySecret = (id: number, endpoint: string, said: Readonly<Record<string, string>> = {}): RelationInput =>
  database(id, endpoint, { username: undefined, password: undefined, 'secret-user': secretUriOf(id), ...said })

const secretUriOf = (id: number): string => `secret:d5aaaaaaaaaaaaaaa${String(id).padStart(2, '0')}0`

/** The secret of {@link databaseBySecret}. */
export const userSecret = (id: number, password = `pw-${id}-long`): Pick<SecretState, 'id' | 'content'> => ({
  id: secretUriOf(id),
  content: { username: `user_${id}`, password },
})

/** Relations to those that read: a dispatcher twice, and a UI. */
export const readers: readonly RelationInput[] = [
  { id: 10, endpoint: 'secrets', interface: 'kubernetes_manifest', remoteApp: 'resource-dispatcher' },
  { id: 11, endpoint: 'pod-defaults', interface: 'kubernetes_manifest', remoteApp: 'resource-dispatcher' },
  { id: 12, endpoint: 'feast-configuration', interface: 'feast-configuration', remoteApp: 'feast-ui' },
]

/** A relation of {@link readers} whose other side says something. */
export const reader = (endpoint: string, remoteAppData: Readonly<Record<string, string>>): readonly RelationInput[] =>
  readers.map((each) => (each.endpoint === endpoint ? { ...each, remoteAppData } : each))

/** The reference deployment before its first reconcile: three databases in clear text, and all who read. */
export const reference = (given: StateInput = {}): State =>
  newState({
    app: 'feast-integrator',
    relations: [database(1, 'offline-store'), database(2, 'online-store'), database(3, 'registry'), ...readers],
    ...given,
  })

/** The same with other relations for some endpoints. */
export const referenceWith = (relations: readonly RelationInput[], given: StateInput = {}): State => {
  const endpoints = relations.map(({ endpoint }) => endpoint)
  const others = [database(1, 'offline-store'), database(2, 'online-store'), database(3, 'registry'), ...readers]
  return reference({ relations: [...others.filter(({ endpoint }) => !endpoints.includes(endpoint)), ...relations], ...given })
}

/** Runs a hook; by default the one that changes nothing. */
export const run = (state: State, event: ScenarioEvent = { name: 'update-status' }, options: ScenarioOptions = {}): Promise<Outcome> =>
  runScenario(integrator, state, event, options)

/** Runs a hook that must go well, and gives what it left. */
export const settle = async (state: State, event?: ScenarioEvent): Promise<State> => {
  const { failure, state: after } = await run(state, event)
  if (failure !== null) throw new Error(failure)
  return after
}

/** One relation of a state. */
export const relationOf = ({ relations }: State, endpoint: string): RelationState => {
  const found = relations.find((each) => each.endpoint === endpoint)
  if (found === undefined) throw new Error(`no relation on ${endpoint}`)
  return found
}

/** The state with another relation in the place of one. */
export const change = (state: State, endpoint: string, with_: Partial<RelationState>): State => ({
  ...state,
  relations: state.relations.map((each) => (each.endpoint === endpoint ? { ...each, ...with_ } : each)),
})

/** What readers see of an application: everything that goes out. */
export const published = (state: State): readonly Readonly<Record<string, string>>[] =>
  readers.map(({ endpoint }) => relationOf(state, endpoint).localAppData)

/** The manifests in a databag, or in the secret it names. */
export const manifestsOf = (state: State, endpoint = 'secrets'): readonly Readonly<Record<string, never>>[] => {
  const { kubernetes_manifests: text = '[]', is_secret: isSecret } = relationOf(state, endpoint).localAppData
  const secret = state.secrets.find(({ id }) => id.slice(-20) === text.slice(-20))
  return JSON.parse(isSecret === 'true' ? ((secret?.latestContent ?? secret?.content)?.manifests ?? '[]') : text)
}

/** One file of the Secret in the user namespaces. */
export const secretFile = (state: State, name = 'feature_store.yaml', index = 0): string | undefined => {
  const { data = {}, stringData = {} } = manifestsOf(state)[index] as unknown as Record<'data' | 'stringData', Record<string, string>>
  const encoded = data[name]
  return stringData[name] ?? (encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString())
}
