import type { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts'
import { type Bag, type Model, newApplication, newUnit, type Status } from '../model/model.ts'
import { latestRevision, type Secret } from '../model/secret.ts'
import { applicationTag } from '../model/tag.ts'
import type { FakePebble } from '../pebble/fake-pebble.ts'
import { parseSecretUri } from '../tool/secret-uri.ts'
import type { ContainerState, PortState, RelationState, SecretState, State, StatusState } from './state.ts'
import { addressKeys } from './to-model.ts'

/** Where a hook left things. */
export interface Leavings {
  readonly model: Model
  readonly pebbles: ReadonlyMap<string, FakePebble>
  readonly kubernetes: FakeKubernetes | null
}

/** The state that a hook left, from the one before it. */
export function stateAfter(before: State, { model, pebbles, kubernetes }: Leavings): State {
  const unit = model.units[`${before.app}/${before.unit}`] ?? newUnit(`${before.app}/${before.unit}`)
  const application = model.applications[before.app] ?? newApplication(before.app)
  return {
    ...before,
    unitStatus: printStatus(unit.status),
    appStatus: printStatus(application.status),
    workloadVersion: unit.workloadVersion,
    charmState: unit.charmState,
    ports: printPorts(unit.ports),
    relations: before.relations.map((relation) => relationAfter(before, relation, model)),
    secrets: secretsAfter(before, model),
    containers: before.containers.map((container) => containerAfter(container, pebbles.get(container.name))),
    ...(kubernetes && before.kubernetes ? { kubernetes: { ...before.kubernetes, objects: kubernetes.objects() } } : {}),
  }
}

function printStatus({ status, message }: Status): StatusState {
  return { name: status, message }
}

function printPorts(ports: Model['units'][string]['ports']): PortState[] {
  const ranges = Object.values(ports).flat()
  const open = ranges.flatMap(({ from, to, protocol }) =>
    Array.from({ length: to - from + 1 }, (_, offset) => ({ protocol, port: from + offset })),
  )
  const unique = new Map(open.map((port) => [`${port.protocol} ${String(port.port).padStart(5, '0')}`, port]))
  return [...unique].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, port]) => port)
}

function relationAfter(before: State, relation: RelationState, model: Model): RelationState {
  const now = model.relations.find(({ id }) => id === relation.id)
  if (!now) return relation
  const localUnitData = now.unitData[`${before.app}/${before.unit}`] ?? {}
  return {
    ...relation,
    localAppData: now.applicationData[before.app] ?? {},
    localUnitData: withoutAddresses(localUnitData, relation.localUnitData),
  }
}

function withoutAddresses(bag: Bag, before: Bag): Bag {
  return Object.fromEntries(Object.entries(bag).filter(([key]) => !addressKeys.includes(key) || before[key] !== undefined))
}

function secretsAfter(before: State, model: Model): SecretState[] {
  const known = new Map(before.secrets.map((secret) => [parseSecretUri(secret.id).id, secret]))
  return model.secrets.map((secret) => secretAfter(before, secret, known.get(secret.id)))
}

function secretAfter(before: State, secret: Secret, known: SecretState | undefined): SecretState {
  const unit = `${before.app}/${before.unit}`
  const consumer = secret.consumers[unit]
  const own = secret.owner.name === unit || secret.owner.name === before.app
  const newest = latestRevision(secret)
  const tracked = secret.revisions.find(({ revision }) => revision === (consumer?.revision ?? known?.revision)) ?? newest
  const label = own ? secret.label : (consumer?.label ?? '')
  const given = { description: secret.description, rotate: secret.rotate, expire: secret.expire }
  const grants = own ? secret.grants.map(({ target, scope }) => grantOf(before, target, scope)) : []
  return {
    id: known?.id ?? `secret://${before.model.uuid}/${secret.id}`,
    label: label === '' ? null : label,
    owner: own ? secret.owner.kind : null,
    content: decode(tracked.content),
    revision: tracked.revision,
    ...(newest.revision > tracked.revision ? { latestContent: decode(newest.content), latestRevision: newest.revision } : {}),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    ...(grants.length === 0 ? {} : { grants }),
  }
}

function grantOf(before: State, target: string, scope: string): { readonly application: string; readonly relation: number } {
  const relation = before.relations.find(
    ({ remoteApp, endpoint }) => applicationTag(remoteApp) === target && scope.includes(`${before.app}.${endpoint}`),
  )
  return { application: target.replace(/^application-/, ''), relation: relation?.id ?? -1 }
}

function decode(content: Bag): Bag {
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]))
}

function containerAfter(before: ContainerState, pebble: FakePebble | undefined): ContainerState {
  if (!pebble) return before
  const { layers, services, files, checks } = pebble.state()
  const running = Object.entries(services).flatMap(([name, { current }]) => (current === 'inactive' ? [] : [[name, current] as const]))
  return { ...before, layers, files, serviceStatuses: Object.fromEntries(running), ...(checks.length === 0 ? {} : { checks }) }
}
