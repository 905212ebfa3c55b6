import { catalogOf, type Difference, diffRegistry, hasOnlineTable, headOf, type RegistryRequest } from '@charmed-feast/store'
import type { Json, JsonObject } from '../json.ts'
import { kindWord } from '../object/kind-word.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'

const camel = (path: string): string => path.replaceAll(/_([a-z])(?![^[]*\])/g, (_, letter: string) => letter.toUpperCase())

/** A value of a difference as JSON: it may hold 64-bit integers and bytes. */
const jsonOf = (value: unknown): Json => {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]))
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
}

const changeJson = ({ action, kind, name, changes }: Difference): JsonObject => ({
  action,
  kind: kindWord(kind),
  name,
  fields: changes.map(({ path, before, after }) => ({
    path: kind === 'data-source' ? camel(path) : `spec.${camel(path)}`,
    before: jsonOf(before),
    after: jsonOf(after),
  })),
})

const warning = (level: 'info' | 'warn' | 'danger', text: string, object: JsonObject | null): JsonObject => ({ level, text, object })

const endTypes: Readonly<Record<string, string>> = {
  entity: 'entity',
  'data-source': 'dataSource',
  'feature-view': 'featureView',
  'stream-feature-view': 'featureView',
  'on-demand-feature-view': 'featureView',
  'label-view': 'labelView',
  'feature-service': 'featureService',
}

const warningsOf = (difference: Difference, project: ProjectIndex): readonly JsonObject[] => {
  const { action, kind, name, changes } = difference
  const object = { kind: kindWord(kind), name, project: project.name }
  const words = kind.replaceAll('-', ' ')
  const users = project.related(endTypes[kind] ?? '', name, { indirect: false }).filter(({ source }) => source.name === name)
  const used = [...new Set(users.map(({ target }) => target.name))]
  if (action === 'delete')
    return [
      ...(used.length > 0 ? [warning('danger', `${words} ${name} is used by ${used.join(', ')}`, object)] : []),
      ...(kind.endsWith('-view') ? [warning('danger', `the values of ${name} in the online store are dropped`, object)] : []),
    ]
  const fields = changes.filter(({ path }) => /^features\[[^\]]+\]/.test(path))
  const gone = fields.filter(({ after }) => after === undefined).map(({ path }) => path.slice('features['.length, -1))
  const retyped = fields.filter(({ path, before, after }) => path.endsWith('.value_type') && before !== undefined && after !== undefined)
  return [
    ...(gone.length > 0 && used.length > 0
      ? [warning('warn', `${name} loses ${gone.join(', ')}, and ${used.join(', ')} may need it`, object)]
      : []),
    ...retyped.map(({ path }) => warning('warn', `${name}: ${path} gets another type; values that are stored keep the old one`, object)),
  ]
}

/** The names of views that have online tables to be made and to be dropped. */
const tablesOf = (differences: readonly Difference[], index: RegistryIndex, project: string) => {
  const catalog = catalogOf(index.snapshot, project)
  const isView = ({ kind }: Difference): boolean => kind.endsWith('-view')
  const dropped = differences.filter((each) => each.action === 'delete' && isView(each)).map(({ name }) => name)
  return {
    create: differences.filter((each) => each.action === 'create' && isView(each)).map(({ name }) => name),
    drop: dropped.filter((name) => {
      const view = catalog.view(name)
      return view !== undefined && hasOnlineTable(view)
    }),
  }
}

/** What a request would do (`Plan` of the pages' contract). */
export const planOf = (
  request: RegistryRequest,
  index: RegistryIndex,
  definitions: { readonly python: string; readonly typescript: string },
) => {
  const project = index.project(request.project)
  const differences = diffRegistry(index.snapshot, request)
  const known = new Set(differences.map(({ kind, name }) => `${kind}\0${name}`))
  const unchanged = request.objects
    .map((message) => ({ kind: message.$typeName, name: headOf(message).name }))
    .map(({ kind, name }) => ({ kind: kindByMessage(kind), name }))
    .filter(({ kind, name }) => !known.has(`${kind}\0${name}`))
  const { create, drop } = tablesOf(differences, index, request.project)
  return {
    version: index.version,
    changes: [
      ...differences.map(changeJson),
      ...unchanged.map(({ kind, name }) => ({ action: 'unchanged', kind: kindWord(kind), name, fields: [] })),
    ],
    infra: [
      ...create.map((name) => ({ action: 'create', what: `online table of ${name}` })),
      ...drop.map((name) => ({ action: 'drop', what: `online table of ${name}` })),
    ],
    warnings: differences.flatMap((difference) => warningsOf(difference, project)),
    definitions,
  }
}

/** The kind of a message by its name: `feast.core.FeatureView` is a `feature-view`. */
const kindByMessage = (typeName: string): Difference['kind'] =>
  typeName
    .slice('feast.core.'.length)
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase() as Difference['kind']
