import type { DefectAssertion, Fixture, Outcome } from '@charmed-feast/charm/testing'

import { deliveredLines, related, wantedLines } from './recorded.ts'

type Check = DefectAssertion['check']

const name = 'resource-dispatcher'

const expectEqual = (what: string, actual: unknown, expected: unknown): string[] => {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  return got === wanted ? [] : [`${what} is ${got}, not ${wanted}`]
}

const status =
  (kind: string, message: string | RegExp): Check =>
  ({ state: { unitStatus }, failure }) => {
    if (failure !== null) return [failure]
    const fits = typeof message === 'string' ? unitStatus.message === message : message.test(unitStatus.message)
    return unitStatus.name === kind && fits ? [] : [`the status is ${unitStatus.name} "${unitStatus.message}"`]
  }

const all =
  (...checks: readonly Check[]): Check =>
  (outcome, fixture) =>
    checks.flatMap((check) => check(outcome, fixture))

const reachable = ({ state }: Fixture): boolean => state.containers.every(({ canConnect }) => canConnect)

/** All that somebody wants, and nothing else. */
const delivers: Check = (outcome, fixture) => expectEqual('delivered', deliveredLines(outcome), wantedLines(fixture))

const serviceRuns: Check = ({ containers }) => expectEqual('the service', containers[name]?.services[name]?.current, 'active')

const writesNothing: Check = ({ kubernetes }) => expectEqual('writes to the cluster', kubernetes?.writes, [])

const works: Check = (outcome, fixture) =>
  reachable(fixture)
    ? all(status('active', ''), delivers, serviceRuns)(outcome, fixture)
    : status('waiting', 'Container is not ready')(outcome, fixture)

/** Of the relations that send what nobody wants delivered, the status names one. */
const namesRelation: Check = ({ state }, fixture) => {
  const wanted = wantedLines(fixture)
  const silent = related(fixture).filter(({ endpoint }) => !wanted.some((line) => line.startsWith(`${endpoint} `)))
  const candidates = silent.length > 0 ? silent : related(fixture)
  const { message } = state.unitStatus
  return candidates.some(({ remoteApp, endpoint, id }) => message.includes(`${remoteApp} on ${endpoint}:${id}`)) ? [] : [message]
}

const keepsPlan: Check = ({ containers }, { state }) => {
  const before = state.containers[0]?.layers[name]?.services as Readonly<Record<string, { readonly command: string }>> | undefined
  const after = containers[name]?.plan.services as Readonly<Record<string, { readonly command: string }>> | undefined
  return expectEqual('the command', after?.[name]?.command, before?.[name]?.command)
}

const selector = ({ state }: Outcome): unknown => {
  const controller = state.kubernetes?.objects.find(({ kind }) => kind === 'DecoratorController')
  return JSON.stringify(controller?.spec)
}

const trust = /^Kubernetes does not let this application write \w+: run "juju trust resource-dispatcher --scope=cluster"$/
const another = /^Another program writes DecoratorController too: remove the other resource-dispatcher/

const isRight = ({ state, event }: Fixture): boolean => {
  const label = state.config.target_namespace_label ?? 'user.kubeflow.org/enabled'
  const controller = state.kubernetes?.objects.find(({ kind }) => kind === 'DecoratorController')
  const refused = state.kubernetes?.errors.map(({ kind }) => kind)
  return (
    event.name !== 'remove' && refused?.join() === 'DecoratorController' && JSON.stringify(controller?.spec ?? null).includes(`"${label}"`)
  )
}

const says =
  (text: string) =>
  ({ shouldInstead = '' }: Fixture): boolean =>
    shouldInstead.startsWith(text)

/** What must be instead where the Python charm is wrong. */
export const defects: readonly DefectAssertion[] = [
  { name: 'every unit delivers and runs the service', when: says('push the files and run the service'), check: all(works, writesNothing) },
  { name: 'a new leader goes on at once', when: says('reconcile on leader-elected'), check: works },
  {
    name: 'a cluster that refuses is said, with the cure',
    when: says('no failure: blocked with a text that says what to do'),
    check: (outcome, fixture) => {
      // What is right already is not written, and so not refused.
      if (isRight(fixture)) return works(outcome, fixture)
      const conflict = fixture.state.kubernetes?.errors.some((error) => error.status === 409)
      return status('blocked', conflict ? another : trust)(outcome, fixture)
    },
  },
  {
    name: 'cluster objects stay as long as a unit does',
    when: says('delete them only when the application goes'),
    check: (outcome) => [
      ...(outcome.failure === null ? [] : [outcome.failure]),
      ...expectEqual('deleted', outcome.kubernetes?.deleted, []),
    ],
  },
  {
    name: 'a unit that does not lead has nothing to do',
    when: says('nothing to do for a unit that does not lead'),
    check: (outcome, fixture) => [...(outcome.failure === null ? [] : [outcome.failure]), ...writesNothing(outcome, fixture)],
  },
  {
    name: 'another label reaches metacontroller at once',
    when: says('apply the DecoratorController again'),
    check: all(status('active', ''), (outcome, { state }) =>
      String(selector(outcome)).includes(`{"key":"${state.config.target_namespace_label}","operator":"Exists"}`)
        ? []
        : [`the controller is ${selector(outcome)}`],
    ),
  },
  {
    name: 'a label that is none is said, and nothing runs with it',
    when: says('blocked with a text that says the label is invalid'),
    check: all(
      status('blocked', /^Option target_namespace_label is ".*": it is no key of a label in Kubernetes$/),
      keepsPlan,
      writesNothing,
    ),
  },
  { name: 'a stopped service is started', when: says('start the service'), check: works },
  {
    name: 'a service that does not start is said, and files are there',
    when: says('no failure: files delivered'),
    check: all(status('waiting', /^Service resource-dispatcher cannot be brought up to date: .*/), delivers),
  },
  { name: 'kinds are told apart', when: says('tell manifests apart by kind'), check: works },
  {
    name: 'a conflict keeps nobody else from being delivered',
    when: says('deliver the endpoints that have no conflict'),
    check: all(status('blocked', /^Conflicting manifests \(/), delivers),
  },
  { name: 'only the relation that breaks is left out', when: says('leave out the breaking relation only'), check: works },
  {
    name: 'a secret that cannot be read is waited for',
    when: says('no failure: leave that relation out, deliver the others, and wait'),
    check: all(status('waiting', /^Waiting for the secret of /), namesRelation, delivers),
  },
  {
    name: 'a wrong form is said of the relation that sent it',
    when: says('no failure: leave that relation out, deliver the others, and block'),
    check: all(status('blocked', /^Invalid manifests from /), namesRelation, delivers),
  },
  {
    name: 'names that Kubernetes does not take are refused',
    when: says('refuse names and namespaces'),
    check: all(status('blocked', /^Invalid manifests from .*: manifest \d+ has /), delivers),
  },
  {
    name: 'a mesh does not hide what else is wrong',
    when: says('keep the status of a full reconcile'),
    check: (outcome, fixture) =>
      reachable(fixture)
        ? status('blocked', /^Conflicting manifests/)(outcome, fixture)
        : status('waiting', 'Container is not ready')(outcome, fixture),
  },
  {
    name: 'what a mesh says wrongly is said',
    when: says('log it and go on'),
    check: status('blocked', /^Invalid relation data from [\w-]+: key "(?:labels|mesh_type)" is /),
  },
]
