import { type DefectAssertion, type Fixture, featureStores, type Outcome } from '@charmed-feast/charm/testing'

import { configurationKeys } from '@charmed-feast/feast-integrator-charm'
import { related } from './deviations.ts'

type Check = DefectAssertion['check']

const file = '/home/ubuntu/feature_store.yaml'

const expectEqual = (what: string, actual: unknown, expected: unknown): string[] => {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  return got === wanted ? [] : [`${what} is ${got}, not ${wanted}`]
}

const expectStatus = ({ state, failure }: Outcome, name: string, message: string | RegExp): string[] => {
  if (failure !== null) return [failure]
  const said = state.unitStatus
  const fits = said.name === name && (typeof message === 'string' ? said.message === message : message.test(said.message))
  return fits ? [] : [`the status is ${said.name} "${said.message}"`]
}

const isActive: Check = (outcome) => expectStatus(outcome, 'active', '')

const all =
  (...checks: readonly Check[]): Check =>
  (outcome, fixture) =>
    checks.flatMap((check) => check(outcome, fixture))

const missingKeys = (fixture: Fixture): readonly string[] => {
  const [relation] = related(fixture, 'feast-configuration')
  return configurationKeys.filter((key) => !relation?.remoteAppData[key])
}

const serviceRuns: Check = ({ containers }) => {
  const container = containers['feast-ui']
  if (container === undefined) return ['the container cannot be reached']
  return [
    ...expectEqual('the service', container.services['feast-ui']?.current, 'active'),
    ...expectEqual('the file is there', container.files[file] !== undefined, true),
  ]
}

/** The real status, and the service where there is something to show; relation data stays as it was. */
const followerWorks: Check = (outcome, fixture) => {
  const reachable = fixture.state.containers.some(({ canConnect }) => canConnect)
  const { name, message } = outcome.state.unitStatus
  return [
    ...(message.includes('leadership') ? [`the status is ${name} "${message}"`] : []),
    ...(reachable && missingKeys(fixture).length === 0 ? serviceRuns(outcome, fixture) : []),
    ...outcome.state.relations.flatMap(({ id, localAppData }) =>
      expectEqual(`relation ${id}`, localAppData, fixture.state.relations.find((each) => each.id === id)?.localAppData),
    ),
  ]
}

const namesMissingKey: Check = (outcome, fixture) => {
  const keys = missingKeys(fixture)
  if (keys.length === 0) return all(isActiveOrWaitsForPebble, hasDocument)(outcome, fixture)
  return expectStatus(outcome, 'blocked', `[feast-configuration] Invalid relation data: missing ${keys.join(', ')}`)
}

const isActiveOrWaitsForPebble: Check = (outcome, fixture) =>
  fixture.state.containers.some(({ canConnect }) => canConnect)
    ? isActive(outcome, fixture)
    : expectStatus(outcome, 'waiting', '[feast-ui-pebble-service] Waiting for Pebble to be ready.')

const hasDocument: Check = (outcome, fixture) =>
  fixture.state.containers.some(({ canConnect }) => canConnect) && featureStores(outcome).length !== 1 ? ['there is no document'] : []

/** After the file comes a replan that restarts the service: its layer carries another fingerprint than before. */
const restarts: Check = ({ containers }, fixture) => {
  const { operations = [], plan } = containers['feast-ui'] ?? {}
  const kinds = operations.map(({ op }) => op)
  const services = plan?.services as Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>> | undefined
  const before = JSON.stringify(fixture.state.containers[0]?.layers ?? {})
  const fingerprint = services?.['feast-ui']?.environment?.FEAST_CONFIGURATION ?? ''
  return [
    ...(kinds.lastIndexOf('replan') > kinds.lastIndexOf('push') && kinds.includes('push') ? [] : [`done: ${kinds.join(', ')}`]),
    ...(fingerprint !== '' && !before.includes(fingerprint) ? [] : ['the fingerprint is not new']),
  ]
}

const says =
  (text: string) =>
  ({ shouldInstead = '' }: Fixture): boolean =>
    shouldInstead.startsWith(text)

/** What must be instead where the Python charm is wrong. That a written document means what is intended, the runner checks everywhere. */
export const defects: readonly DefectAssertion[] = [
  { name: 'every unit runs the service', when: says('push the file, run the service'), check: followerWorks },
  {
    name: 'a status always says its part',
    when: says('leave the status alone'),
    check: (outcome) => expectStatus(outcome, 'blocked', /^\[[a-z:_-]+\] /),
  },
  { name: 'unknown keys are passed over, missing ones named', when: says('unknown keys are ignored'), check: namesMissingKey },
  { name: 'the service restarts with its file', when: says('restart the service when'), check: all(isActive, restarts) },
  { name: 'a stopped service is started', when: says('start the service'), check: all(isActive, serviceRuns) },
  { name: 'services of others do not count', when: says("look at the charm's own"), check: all(isActive, serviceRuns) },
  {
    name: 'two gateways on one endpoint are said, and told nothing',
    when: says('blocked with a text that says there is more'),
    check: (outcome, fixture) => [
      ...expectStatus(outcome, 'blocked', /^\[istio-relations-conflict-detector\] There is more than one relation on ingress \(/),
      ...related(fixture, 'ingress').flatMap(({ id, localAppData }) =>
        expectEqual(`relation ${id}`, outcome.state.relations.find((each) => each.id === id)?.localAppData, localAppData),
      ),
    ],
  },
  {
    name: 'the end of a conflict is seen at once',
    when: says('reconcile on relation-broken of ingress'),
    check: all(isActive, (outcome, fixture) =>
      related(fixture, 'istio-ingress-route').flatMap(({ id }) => {
        const { config = '{}' } = outcome.state.relations.find((each) => each.id === id)?.localAppData ?? {}
        return expectEqual('routes', JSON.parse(config).http_routes?.length, 1)
      }),
    ),
  },
  {
    name: 'what a mesh says wrongly is said',
    when: says('log it and go on'),
    check: (outcome, { event }) =>
      event.hook.startsWith('service-mesh')
        ? expectStatus(outcome, 'blocked', /^\[service-mesh\] Invalid relation data from istio-beacon-k8s: key "(?:labels|mesh_type)" is /)
        : expectStatus(outcome, 'active', ''),
  },
  {
    name: 'a cluster that refuses is said, with the cure',
    when: says('blocked with a text that says the application must be trusted'),
    check: (outcome) => expectStatus(outcome, 'blocked', /^\[service-mesh\] .*run "juju trust feast-ui --scope=cluster"$/),
  },
  {
    name: 'whatever a password holds arrives',
    when: ({ shouldInstead = '' }) => /percent-encode|write the file as it is/.test(shouldInstead),
    check: all(isActive, serviceRuns, hasDocument),
  },
]
