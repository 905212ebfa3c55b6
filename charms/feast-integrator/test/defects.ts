import { type DefectAssertion, type Fixture, featureStores, meaningOf, type Outcome } from '@charmed-feast/charm/testing'

import { canPublish, providerData, relationsOf, stores } from './recorded.ts'

type Check = DefectAssertion['check']
type Recorded = Fixture['state']['relations'][number]

const after = ({ state }: Outcome, id: number): Recorded | undefined => state.relations.find((relation) => relation.id === id)

const expectEqual = (what: string, actual: unknown, expected: unknown): string[] => {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  return got === wanted ? [] : [`${what} is ${got}, not ${wanted}`]
}

const expectStatus = ({ state }: Outcome, name: string, message: string | RegExp): string[] => {
  const said = state.unitStatus
  const fits = said.name === name && (typeof message === 'string' ? said.message === message : message.test(said.message))
  return fits ? [] : [`the status is ${said.name} "${said.message}"`]
}

/** Whatever the databases say is in the fifteen keys, and in a Secret as base64. */
const isPublished: Check = (outcome, fixture) => {
  const problems = canPublish(fixture) ? [] : ['this state has nothing to publish']
  const values = Object.fromEntries(
    stores.map((store) => [store, providerData(fixture, relationsOf(fixture, store)[0] ?? fail(store)) ?? fail(store)]),
  )
  for (const { id } of relationsOf(fixture, 'feast-configuration')) {
    const bag = after(outcome, id)?.localAppData ?? {}
    problems.push(...expectEqual('number of keys', Object.keys(bag).length, 15))
    for (const [store, data] of Object.entries(values)) {
      const prefix = store.replace('-', '_')
      problems.push(...expectEqual(`${prefix}_password`, bag[`${prefix}_password`], data.password))
      problems.push(...expectEqual(`${prefix}_user`, bag[`${prefix}_user`], data.username))
      problems.push(...expectEqual(`${prefix}_database`, bag[`${prefix}_database`], data.database))
    }
  }
  for (const { id } of relationsOf(fixture, 'secrets')) {
    const [manifest] = JSON.parse(after(outcome, id)?.localAppData.kubernetes_manifests ?? '[]')
    problems.push(...expectEqual('the Secret’s name', manifest?.metadata?.name, 'feature-store-yaml'))
    problems.push(...expectEqual('keys of data', Object.keys(manifest?.data ?? {}).includes('feature_store.yaml'), true))
    problems.push(...expectEqual('stringData', manifest?.stringData, undefined))
  }
  return problems
}

const fail = (store: string): never => {
  throw new Error(`cannot read what ${store} says`)
}

/** A document that holds each password as the provider wrote it. */
const holdsPasswords: Check = (outcome, fixture) => {
  const documents = featureStores(outcome)
  const expected = JSON.stringify(
    ['offline-store', 'online-store'].map((store) => providerData(fixture, relationsOf(fixture, store)[0] ?? fail(store))?.password),
  )
  const actual = documents.map((document) => {
    const { offline_store: offline, online_store: online } = document as Record<'offline_store' | 'online_store', { password: string }>
    return JSON.stringify([offline.password, online.password])
  })
  return documents.length === 0 ? ['there is no document'] : actual.flatMap((said) => expectEqual('passwords', said, expected))
}

const isActive: Check = (outcome) => expectStatus(outcome, 'active', '')

const all =
  (...checks: readonly Check[]): Check =>
  (outcome, fixture) =>
    checks.flatMap((check) => check(outcome, fixture))

/** What went out before stays as it was. */
const keepsPublished: Check = (outcome, fixture) =>
  ['secrets', 'pod-defaults', 'feast-configuration']
    .flatMap((endpoint) => relationsOf(fixture, endpoint))
    .flatMap(({ id, endpoint, localAppData }) => expectEqual(`what ${endpoint} says`, after(outcome, id)?.localAppData, localAppData))

const isWithdrawn: Check = (outcome, fixture) => [
  ...relationsOf(fixture, 'secrets').flatMap(({ id, localAppData }) =>
    expectEqual(
      'manifests',
      after(outcome, id)?.localAppData.kubernetes_manifests,
      localAppData.kubernetes_manifests === undefined ? undefined : '[]',
    ),
  ),
  ...relationsOf(fixture, 'feast-configuration').flatMap(({ id }) => expectEqual('the fifteen keys', after(outcome, id)?.localAppData, {})),
]

const hasRequested: Check = (outcome, fixture) =>
  stores
    .flatMap((store) => relationsOf(fixture, store))
    .flatMap(({ id, endpoint }) => {
      const { localAppData = {}, localUnitData = {} } = after(outcome, id) ?? {}
      const secrets = ['username', 'password', 'tls', 'tls-ca', 'uris', 'read-only-uris']
      return [
        ...expectEqual('database', localAppData.database, endpoint.replace('-', '_')),
        ...[localAppData, localUnitData].flatMap((bag) => [
          ...expectEqual('requested-secrets', meaningOf(bag['requested-secrets'] ?? ''), secrets),
          ...expectEqual('provided-secrets', meaningOf(bag['provided-secrets'] ?? ''), ['mtls-chain']),
        ]),
      ]
    })

const waitsForData: Check = (outcome) => expectStatus(outcome, 'waiting', /^\[([a-z-]+)\] Waiting for \1 relation data$/)

const podDefaultOnlyWithSecret: Check = (outcome, fixture) =>
  relationsOf(fixture, 'pod-defaults').flatMap(({ id, localAppData }) =>
    canPublish(fixture) ? [] : expectEqual('what pod-defaults says', after(outcome, id)?.localAppData, localAppData),
  )

const podDefaultIsThere: Check = (outcome, fixture) =>
  relationsOf(fixture, 'pod-defaults').flatMap(({ id }) => {
    const manifests = meaningOf(after(outcome, id)?.localAppData.kubernetes_manifests ?? '')
    return Array.isArray(manifests) && manifests.length === 1 ? [] : [`pod-defaults says ${JSON.stringify(manifests)}`]
  })

/** Active, or blocked for the want of a relation that the recording has not. */
const lacksNothingButRelations: Check = (outcome, fixture) =>
  relationsOf(fixture, 'pod-defaults').length > 0
    ? isActive(outcome, fixture)
    : expectStatus(outcome, 'blocked', '[pod-defaults] Please add the missing relation: pod-defaults')

const everyConsumerIsEqual: Check = (outcome, fixture) =>
  ['secrets', 'pod-defaults'].flatMap((endpoint) => {
    const said = relationsOf(fixture, endpoint).map(({ id }) => after(outcome, id)?.localAppData.kubernetes_manifests ?? '')
    return new Set(said).size <= 1 ? [] : [`${endpoint} says different things`]
  })

const followsSecrets: Check = (outcome, fixture) =>
  stores
    .flatMap((store) => relationsOf(fixture, store))
    .flatMap((relation) => {
      const uri = relation.remoteAppData['secret-user']
      if (uri === undefined) return []
      const secret = outcome.state.secrets.find(({ id }) => id.slice(-20) === uri.slice(-20))
      return [
        ...expectEqual('the label', secret?.label, `${relation.endpoint}.${relation.id}.user.secret`),
        ...expectEqual('a newer revision', secret?.latestRevision ?? secret?.revision, secret?.revision),
      ]
    })

const says =
  (text: string) =>
  ({ shouldInstead = '' }: Fixture): boolean =>
    shouldInstead.startsWith(text)

/** What must be instead where the Python charm is wrong. That a published document means what is intended, the runner checks everywhere. */
export const defects: readonly DefectAssertion[] = [
  { name: 'the first of several endpoints is used', when: says('use the first host:port'), check: all(isActive, isPublished) },
  { name: 'IPv6 is read', when: says('accept [address]:port'), check: all(isActive, isPublished) },
  {
    name: 'an invalid port is named, and nothing is published with it',
    when: says('check the port once'),
    check: all(
      (outcome) => expectStatus(outcome, 'blocked', /Invalid relation data from [\w-]+: port "[^"]*" of endpoint/),
      keepsPublished,
    ),
  },
  { name: 'a database is asked for whenever it was not', when: says('write requested-secrets'), check: hasRequested },
  { name: 'every change is published at once', when: says('reconcile on every change'), check: all(isActive, isPublished) },
  { name: 'withdrawn credentials are said', when: says("reconcile: waiting '["), check: all(waitsForData, keepsPublished) },
  { name: 'names are compared whole', when: says('compare application names whole'), check: all(isActive, isPublished) },
  {
    name: 'clear text only where the other side reads no secrets',
    when: says('same content in a Juju secret'),
    check: all(isActive, isPublished),
  },
  { name: 'a secret that cannot be read is waited for', when: says("waiting '["), check: all(waitsForData, keepsPublished) },
  {
    name: 'a new revision is published at once',
    when: says('reconcile on secret-changed'),
    check: all(isActive, isPublished, followsSecrets),
  },
  { name: 'the URI in the databag counts', when: says('follow the URI'), check: all(isActive, isPublished, followsSecrets) },
  { name: 'no PodDefault without its Secret', when: says('publish the PodDefault only'), check: podDefaultOnlyWithSecret },
  { name: 'everything is sent in every hook', when: says('send everything again'), check: all(isActive, isPublished, podDefaultIsThere) },
  { name: 'the PodDefault is sent in every hook', when: says('write the PodDefault on every'), check: all(isActive, podDefaultIsThere) },
  {
    name: 'two databases on one endpoint are said',
    when: says("blocked '[<endpoint>] ...'"),
    check: all((outcome) => expectStatus(outcome, 'blocked', /There is more than one relation on [a-z-]+ \(/), keepsPublished),
  },
  {
    name: 'every dispatcher gets the same',
    when: says('publish to every relation'),
    check: all(lacksNothingButRelations, everyConsumerIsEqual),
  },
  {
    name: 'what needs a database that went is taken back',
    when: ({ shouldInstead = '' }) => /^(?:reconcile at once: blocked|publish '\[\]' on secrets)/.test(shouldInstead),
    check: all((outcome) => expectStatus(outcome, 'blocked', /^\[([a-z-]+)\] Please add the missing relation: \1$/), isWithdrawn),
  },
  {
    name: 'whatever a password holds arrives',
    when: ({ shouldInstead = '' }) => /YAML serialiser|percent-encode|base64 `data`|no failure: publish a document/.test(shouldInstead),
    check: all(isActive, isPublished, holdsPasswords),
  },
]
