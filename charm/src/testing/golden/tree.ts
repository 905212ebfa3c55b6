import { type KubernetesObject, objectPath } from '../../kubernetes/object.ts'
import type { Bag } from '../model/model.ts'
import type { Outcome } from '../scenario/run.ts'
import type { ContainerState, State } from '../scenario/state.ts'
import type { Fixture } from './fixture.ts'
import { type Meaning, meaningOf, normalize } from './meaning.ts'

/** What a hook left, as one tree: its paths are those of `defectPaths` and of deviations, such as `relations.10.localAppData.data`. */
export type Tree = { readonly [key: string]: Meaning }

/** The tree that a recording expects. What it does not list is as it was before. */
export function expectedTree({ state, expect }: Fixture): Tree {
  const changed = new Map((expect.relations ?? []).map((relation) => [relation.id, relation]))
  const secrets = new Map([...state.secrets, ...(expect.secrets ?? [])].map((secret) => [secret.id, secret]))
  return {
    outcome: expect.outcome,
    unitStatus: normalize(expect.unitStatus),
    appStatus: normalize(expect.appStatus),
    ports: printPorts(expect.ports ?? state.ports),
    relations: printRelations(state.relations.map((relation) => ({ ...relation, ...changed.get(relation.id) }))),
    secrets: printSecrets([...secrets.values()]),
    containers: Object.fromEntries(
      expect.containers.filter(({ canConnect }) => canConnect).map(({ name, plan, services, files }) => [name, printContainer({ plan: plan ?? {}, services: services ?? {}, files: files ?? {} })]),
    ),
    ...(expect.kubernetes
      ? { kubernetes: { changed: printObjects(expect.kubernetes.changed), deleted: expect.kubernetes.deleted.map(pathOfDeleted).sort() } }
      : {}),
  }
}

function pathOfDeleted({ apiVersion, kind, namespace, name }: NonNullable<Fixture['expect']['kubernetes']>['deleted'][number]): string {
  return objectPath({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } })
}

/** The tree that a hook really left. Of the cluster it has every object, because more than recorded is allowed. */
export function actualTree(outcome: Outcome): Tree {
  const { state, failure, containers, kubernetes } = outcome
  return {
    outcome: failure === null ? 'ok' : 'hook-failed',
    unitStatus: normalize(state.unitStatus),
    appStatus: normalize(state.appStatus),
    ports: printPorts(state.ports),
    relations: printRelations(state.relations),
    secrets: printSecrets(state.secrets),
    containers: Object.fromEntries(Object.entries(containers).map(([name, container]) => [name, printContainer(container)])),
    ...(kubernetes && state.kubernetes
      ? { kubernetes: { changed: printObjects(state.kubernetes.objects), deleted: kubernetes.deleted.map(objectPath).sort() } }
      : {}),
  }
}

function printPorts(ports: State['ports']): Meaning {
  return ports.map(({ protocol, port }) => `${port}/${protocol}`).sort()
}

function printRelations(relations: State['relations']): Meaning {
  const printed = relations.map(({ id, localAppData, localUnitData }) => [
    String(id),
    { localAppData: printBag(localAppData), localUnitData: printBag(localUnitData) },
  ])
  return Object.fromEntries(printed)
}

function printBag(bag: Bag): Meaning {
  return Object.fromEntries(Object.entries(bag).map(([key, value]) => [key, meaningOf(value)]))
}

function printSecrets(secrets: readonly Pick<State['secrets'][number], 'id' | 'label' | 'content' | 'revision'>[]): Meaning {
  return Object.fromEntries(secrets.map(({ id, label, content, revision }) => [id, { label, content: { ...content }, revision }]))
}

interface PrintedContainer {
  readonly plan: { readonly services?: object }
  readonly services: Readonly<Record<string, { readonly current: string }>>
  readonly files: ContainerState['files']
}

function printContainer({ plan, services, files }: PrintedContainer): Meaning {
  return {
    plan: { services: normalize(plan.services ?? {}) },
    services: Object.fromEntries(Object.entries(services).map(([name, { current }]) => [name, { current }])),
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, path.endsWith('.yaml') ? meaningOf(text) : text])),
  }
}

function printObjects(objects: readonly KubernetesObject[]): Meaning {
  return Object.fromEntries(objects.map((object) => [objectPath(object), normalize(object)]))
}
