import type { CharmMetadata } from '../../metadata.ts'
import { isApplicationName } from '../model/tag.ts'
import { parseSecretUri } from '../tool/secret-uri.ts'
import type { ScenarioCharm } from './run.ts'
import type { RelationState, ScenarioEvent, State } from './state.ts'

const lifecycle = [
  'install',
  'start',
  'stop',
  'remove',
  'config-changed',
  'update-status',
  'upgrade-charm',
  'leader-elected',
  'leader-settings-changed',
]
const relationEvents = ['relation-created', 'relation-joined', 'relation-changed', 'relation-departed', 'relation-broken']
const pebbleEvents = ['pebble-ready', 'pebble-custom-notice', 'pebble-check-failed', 'pebble-check-recovered']
const secretEvents = ['secret-changed', 'secret-rotate', 'secret-remove', 'secret-expired']
const storageEvents = ['storage-attached', 'storage-detaching']

type CharmShape = Pick<ScenarioCharm, 'metadata' | 'actions'>

/**
 * What Juju could never show a charm: each entry says what is wrong with a state, or with an event in it.
 *
 * @example
 * checkState(newState(), { name: 'relation-changed', relation: 7 }, charm)   // ['relation 7 of the event is not in the state']
 */
export function checkState(state: State, event: ScenarioEvent, charm: CharmShape): string[] {
  const { metadata } = charm
  return [
    ...checkNames(state),
    ...checkRelations(state, metadata),
    ...checkConfig(state, metadata),
    ...checkSecrets(state),
    ...checkContainers(state, metadata),
    ...checkEvent(state, event, charm),
  ]
}

function checkNames({ app, unit, ports, model, unitStatus }: State): string[] {
  const statuses = ['unknown', 'maintenance', 'blocked', 'waiting', 'active', 'error', 'terminated']
  return problems([
    [isApplicationName(app), `"${app}" cannot be an application's name`],
    [Number.isInteger(unit) && unit >= 0, `${unit} cannot be a unit's number`],
    [/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(model.name), `"${model.name}" cannot be a model's name`],
    [statuses.includes(unitStatus.name), `"${unitStatus.name}" is no status`],
    ...ports.map(({ port }): Rule => [port >= 0 && port <= 65535, `${port} is no port`]),
  ])
}

type Rule = readonly [holds: boolean, problem: string]

function problems(rules: readonly Rule[]): string[] {
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]))
}

function checkRelations(state: State, metadata: CharmMetadata): string[] {
  const ids = state.relations.map(({ id }) => id)
  const counts = Map.groupBy(state.relations, ({ endpoint }) => endpoint)
  const endpoints = { ...metadata.requires, ...metadata.provides, ...metadata.peers }
  const limits = [...counts].map(([endpoint, relations]): Rule => {
    const limit = metadata.peers?.[endpoint] ? 1 : (endpoints[endpoint]?.limit ?? Number.POSITIVE_INFINITY)
    return [relations.length <= limit, `endpoint "${endpoint}" has ${relations.length} relations, its limit is ${limit}`]
  })
  return [
    ...problems([[new Set(ids).size === ids.length, `two relations have the same id`], ...limits]),
    ...state.relations.flatMap((relation) => checkRelation(state, relation, metadata)),
  ]
}

function checkRelation(state: State, relation: RelationState, metadata: CharmMetadata): string[] {
  const { endpoint, kind } = relation
  const declared = kind === 'peer' ? metadata.peers?.[endpoint] : (metadata.requires?.[endpoint] ?? metadata.provides?.[endpoint])
  return problems([
    [declared !== undefined, `the charm has no ${kind === 'peer' ? 'peer ' : ''}endpoint "${endpoint}"`],
    [
      !declared || declared.interface === relation.interface,
      `endpoint "${endpoint}" has interface "${declared?.interface}", not "${relation.interface}"`,
    ],
    [kind !== 'peer' || relation.remoteApp === state.app, `peer relation ${relation.id} is with another application`],
    [kind !== 'peer' || relation.remoteUnitsData[state.unit] === undefined, `the unit is its own peer in relation ${relation.id}`],
    [
      Object.keys(relation.remoteUnitsData).every((number) => /^(0|[1-9]\d*)$/.test(number)),
      `relation ${relation.id} has a unit without number`,
    ],
  ])
}

const configTypes: Readonly<Record<string, string>> = {
  string: 'string',
  secret: 'string',
  int: 'number',
  float: 'number',
  boolean: 'boolean',
}

function checkConfig({ config }: State, metadata: CharmMetadata): string[] {
  return problems(
    Object.entries(config).map(([name, value]): Rule => {
      const option = metadata.config?.[name]
      if (!option) return [false, `the charm has no option "${name}"`]
      const fits = value === null || typeof value === configTypes[option.type]
      const whole = option.type !== 'int' || value === null || Number.isInteger(value)
      return [fits && whole, `option "${name}" is of type ${option.type}`]
    }),
  )
}

function checkSecrets({ secrets }: State): string[] {
  const labels = secrets.flatMap(({ label, owner }) => (label === null ? [] : [`${owner} ${label}`]))
  const rules = secrets.map(({ id }): Rule => [isUri(id), `"${id}" cannot be a secret's URI`])
  const ordered = secrets.map(
    ({ id, revision, latestRevision }): Rule => [
      latestRevision === undefined || latestRevision > revision,
      `the latest revision of "${id}" is not newer than the tracked one`,
    ],
  )
  return problems([...rules, ...ordered, [new Set(labels).size === labels.length, 'two secrets have the same label']])
}

function isUri(text: string): boolean {
  try {
    parseSecretUri(text)
    return true
  } catch {
    return false
  }
}

function checkContainers({ containers }: State, metadata: CharmMetadata): string[] {
  const names = containers.map(({ name }) => name)
  return problems([
    [new Set(names).size === names.length, 'two containers have the same name'],
    ...names.map((name): Rule => [metadata.containers?.[name] !== undefined, `the charm has no container "${name}"`]),
  ])
}

function checkEvent(state: State, event: ScenarioEvent, charm: CharmShape): string[] {
  if (lifecycle.includes(event.name)) return checkLifecycle(state, event)
  if (relationEvents.includes(event.name)) return checkRelationEvent(state, event)
  if (pebbleEvents.includes(event.name)) return checkPebbleEvent(state, event)
  if (secretEvents.includes(event.name)) return checkSecretEvent(state, event)
  if (storageEvents.includes(event.name)) {
    return problems([
      [event.storage !== undefined && state.storage?.[event.storage] !== undefined, `storage "${event.storage}" is not in the state`],
    ])
  }
  if (event.name !== 'action') return [`"${event.name}" is no event of Juju`]
  const name = event.action?.name ?? ''
  return problems([[charm.actions === undefined || charm.actions.includes(name), `the charm has no action "${name}"`]])
}

function checkLifecycle({ leader }: State, { name }: ScenarioEvent): string[] {
  return problems([
    [name !== 'leader-elected' || leader, 'leader-elected comes to the leader only'],
    [name !== 'leader-settings-changed' || !leader, 'leader-settings-changed comes to followers only'],
  ])
}

function checkRelationEvent(state: State, event: ScenarioEvent): string[] {
  const relation = state.relations.find(({ id }) => id === event.relation)
  if (!relation) return [`relation ${event.relation} of the event is not in the state`]
  const withUnit = event.name === 'relation-joined' || event.name === 'relation-departed'
  const named = typeof event.unit === 'number'
  const present = named && relation.remoteUnitsData[event.unit] !== undefined
  return problems([
    [!withUnit || named, `${event.name} names a remote unit`],
    [event.name === 'relation-departed' || !named || present, `unit ${event.unit} of the event has not joined relation ${relation.id}`],
    [!named || !['relation-created', 'relation-broken'].includes(event.name), `${event.name} names no remote unit`],
    [event.name !== 'relation-broken' || relation.kind !== 'peer', 'a peer relation never breaks'],
  ])
}

function checkPebbleEvent(state: State, event: ScenarioEvent): string[] {
  const container = state.containers.find(({ name }) => name === event.container)
  if (!container) return [`container "${event.container}" of the event is not in the state`]
  const check = event.check === undefined || [...(container.checks ?? [])].some(({ name }) => name === event.check)
  return problems([
    [container.canConnect, `nobody answers in container "${container.name}", so no event can come from it`],
    [!event.name.startsWith('pebble-check') || event.check !== undefined, `${event.name} names a check`],
    [check, `check "${event.check}" is not in container "${container.name}"`],
    [event.name !== 'pebble-custom-notice' || event.notice !== undefined, 'pebble-custom-notice names a notice'],
  ])
}

function checkSecretEvent(state: State, event: ScenarioEvent): string[] {
  const secret = state.secrets.find(({ id }) => id === event.secret)
  if (!secret) return event.name === 'secret-remove' ? [] : [`secret "${event.secret}" of the event is not in the state`]
  const owned = secret.owner !== null
  return problems([
    [event.name === 'secret-changed' || owned, `${event.name} comes to the owner only`],
    [owned ? event.name !== 'secret-changed' || secret.label !== null : true, 'secret-changed comes to readers'],
    [event.name !== 'secret-remove' || event.revision !== undefined, 'secret-remove names a revision'],
  ])
}
