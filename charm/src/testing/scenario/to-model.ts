import type { CharmMetadata } from '../../metadata.ts'
import type { Hook } from '../context/hook.ts'
import { type Bag, type Model, type Network, newApplication, newUnit } from '../model/model.ts'
import { orderEnds, type Relation, type RelationEnd, relationKey } from '../model/relation.ts'
import { type Secret, sortBag } from '../model/secret.ts'
import { applicationTag, relationTag } from '../model/tag.ts'
import { parseSecretUri } from '../tool/secret-uri.ts'
import type { RelationState, ScenarioEvent, SecretState, State } from './state.ts'

/** The keys that Juju itself puts into every unit's databag; states leave them out. */
export const addressKeys: readonly string[] = ['egress-subnets', 'ingress-address', 'private-address']

const addresses: Bag = { 'egress-subnets': '10.152.183.9/32', 'ingress-address': '10.152.183.9', 'private-address': '10.1.2.3' }

const network: Network = {
  interfaces: [{ macAddress: '', interfaceName: '', addresses: [{ hostname: '', value: '10.1.2.3', cidr: '' }] }],
  egressSubnets: ['10.152.183.9/32'],
  ingressAddresses: ['10.152.183.9'],
}

/** The model that a state describes, seen by its one unit, at the moment of an event. */
export function modelOfState(state: State, event: ScenarioEvent, metadata: CharmMetadata): Model {
  const { app, model } = state
  const unit = `${app}/${state.unit}`
  const endpoints = Object.keys({ ...metadata.requires, ...metadata.provides, ...metadata.peers })
  const statuses = { status: statusOf(state.unitStatus), workloadVersion: state.workloadVersion ?? '' }
  const own = newUnit(unit, {
    ...statuses,
    charmState: state.charmState ?? {},
    ports: state.ports.length === 0 ? {} : { '': state.ports.map(({ port, protocol }) => ({ from: port, to: port, protocol })) },
    networks: Object.fromEntries(['', ...endpoints].map((binding) => [binding, state.networks?.[binding] ?? network])),
    storage: state.storage ?? {},
    machine: model.type === 'machine' ? '0' : null,
    goalState: goalOf(state),
  })
  const application = newApplication(app, {
    leader: state.leader ? unit : `${app}/${state.unit + 1}`,
    trusted: state.trusted ?? false,
    config: configOf(state, metadata),
    status: statusOf(state.appStatus),
    resources: state.resources ?? {},
  })
  const relations = state.relations.map((relation) => relationOf(state, relation, { event, metadata }))
  return {
    name: model.name,
    uuid: model.uuid,
    type: model.type === 'kubernetes' ? 'caas' : 'iaas',
    cloud: null,
    applications: { [app]: application },
    units: { [unit]: own },
    relations,
    secrets: state.secrets.map((secret) => secretOf(state, secret, relations)),
  }
}

function statusOf({ name, message }: State['unitStatus']): { readonly status: string; readonly message: string } {
  return { status: name, message }
}

function configOf(state: State, metadata: CharmMetadata): Model['applications'][string]['config'] {
  const defaults = Object.entries(metadata.config ?? {}).map(([name, option]) => [name, option.default ?? null] as const)
  return { ...Object.fromEntries(defaults), ...state.config }
}

function goalOf({ app, plannedUnits, relations }: State): Model['units'][string]['goalState'] {
  const goal = { status: 'active', since: '2026-01-01T00:00:00Z' }
  const units = Array.from({ length: plannedUnits }, (_, number) => [`${app}/${number}`, goal] as const)
  const related = new Map<string, Record<string, typeof goal>>()
  for (const { kind, endpoint, remoteApp, remoteUnitsData } of relations) {
    if (kind === 'peer') continue
    const names = [remoteApp, ...Object.keys(remoteUnitsData).map((number) => `${remoteApp}/${number}`)]
    related.set(endpoint, { ...related.get(endpoint), ...Object.fromEntries(names.map((name) => [name, goal])) })
  }
  return { units: Object.fromEntries(units), relations: Object.fromEntries(related) }
}

interface Surroundings {
  readonly event: ScenarioEvent
  readonly metadata: CharmMetadata
}

function relationOf(state: State, relation: RelationState, { event, metadata }: Surroundings): Relation {
  const { app } = state
  const unit = `${app}/${state.unit}`
  const breaking = event.name === 'relation-broken' && event.relation === relation.id
  const own: RelationEnd = { application: app, endpoint: relation.endpoint, role: roleOf(relation, metadata) }
  const role = own.role === 'provider' ? ('requirer' as const) : ('provider' as const)
  const remote: RelationEnd = { application: relation.remoteApp, endpoint: relation.endpoint, role }
  const bags = Object.entries(relation.remoteUnitsData).map(([number, bag]) => [`${relation.remoteApp}/${number}`, bag] as const)
  const remoteApp = own.role === 'peer' ? {} : { [relation.remoteApp]: relation.remoteAppData }
  return {
    id: relation.id,
    interface: relation.interface,
    ends: own.role === 'peer' ? [own] : orderEnds([own, remote]),
    life: breaking ? 'dying' : 'alive',
    suspended: false,
    // When a relation breaks everybody has left it already.
    units: breaking ? [] : [unit, ...bags.map(([name]) => name)],
    applicationData: { ...remoteApp, [app]: relation.localAppData },
    unitData: {
      ...Object.fromEntries(bags.map(([name, bag]) => [name, { ...addresses, ...bag }])),
      [unit]: { ...addresses, ...relation.localUnitData },
    },
  }
}

function roleOf({ kind, endpoint }: RelationState, metadata: CharmMetadata): RelationEnd['role'] {
  if (kind === 'peer') return 'peer'
  return metadata.provides?.[endpoint] ? 'provider' : 'requirer'
}

function secretOf(state: State, given: SecretState, relations: readonly Relation[]): Secret {
  const { id } = parseSecretUri(given.id)
  const { app } = state
  const unit = `${app}/${state.unit}`
  const first = { revision: given.revision, content: encode(given.content) }
  const latest = given.latestContent
  const revisions = latest ? [first, { revision: given.latestRevision ?? given.revision + 1, content: encode(latest) }] : [first]
  const foreign = given.owner === null
  const tracked = given.label !== null || latest !== undefined
  const consumer = { [unit]: { revision: given.revision, label: foreign ? (given.label ?? '') : '' } }
  return {
    id,
    owner: ownerOf(state, given, relations),
    label: foreign ? '' : (given.label ?? ''),
    description: given.description ?? '',
    rotate: given.rotate ?? '',
    expire: given.expire ?? '',
    revisions,
    grants: foreign ? [{ target: applicationTag(app), scope: '' }] : grantsOf(given, relations),
    consumers: tracked ? consumer : {},
  }
}

function grantsOf({ grants = [] }: SecretState, relations: readonly Relation[]): Secret['grants'] {
  return grants.map(({ application, relation }) => {
    const found = relations.find(({ id }) => id === relation)
    return { target: applicationTag(application), scope: found ? relationTag(relationKey(found)) : '' }
  })
}

function ownerOf({ app, unit }: State, { id, owner }: SecretState, relations: readonly Relation[]): Secret['owner'] {
  if (owner === 'unit') return { kind: 'unit', name: `${app}/${unit}` }
  if (owner === 'application') return { kind: 'application', name: app }
  const naming = relations.find(({ applicationData }) =>
    Object.entries(applicationData).some(([name, bag]) => name !== app && Object.values(bag).some((value) => value.includes(id))),
  )
  const remote = naming?.ends.find(({ application }) => application !== app)
  return { kind: 'application', name: remote?.application ?? 'another-application' }
}

function encode(content: Bag): Bag {
  return sortBag(Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString('base64')])))
}

/** The hook that an event of a state is. */
export function hookOfEvent(state: State, event: ScenarioEvent): Hook {
  const relation = state.relations.find(({ id }) => id === event.relation)
  const remote = (number: number): string => `${relation?.remoteApp ?? ''}/${number}`
  const leaving = event.departingUnit === 'self' ? `${state.app}/${state.unit}` : event.departingUnit
  const departing = typeof leaving === 'number' ? remote(leaving) : leaving
  const { secret, revision, action } = event
  return {
    kind: event.name,
    ...(event.relation === undefined ? {} : { relation: event.relation, remoteApplication: relation?.remoteApp ?? '' }),
    ...(typeof event.unit === 'number' ? { remoteUnit: remote(event.unit) } : {}),
    ...(event.name === 'relation-departed' && typeof departing === 'string' ? { departingUnit: departing } : {}),
    ...(event.container === undefined ? {} : { workload: event.container }),
    ...(event.check === undefined ? {} : { check: event.check }),
    ...(event.notice === undefined ? {} : { notice: event.notice }),
    ...(event.storage === undefined ? {} : { storage: event.storage }),
    ...(secret === undefined
      ? {}
      : { secret: { uri: secret, ...labelOf(state, secret), ...(revision === undefined ? {} : { revision }) } }),
    ...(action === undefined ? {} : { action: { name: action.name, id: '1', params: action.params ?? {} } }),
  }
}

function labelOf(state: State, uri: string): { readonly label?: string } {
  const found = state.secrets.find(({ id }) => id === uri)
  return found?.owner === null && found.label !== null ? { label: found.label } : {}
}
