import type {
  DataSource,
  Definition,
  Entity,
  FeatureService,
  FeatureView,
  Field,
  OnDemandFeatureView,
  StreamFeatureView,
  ValueType,
} from '@charmed-feast/store'

// A module of definitions, written from a registry: what others defined, typed here. It uses the same functions as a person would.

const literal = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

const typeNames: Readonly<Record<string, string>> = {
  INT64: 'int64',
  INT32: 'int32',
  FLOAT: 'float32',
  DOUBLE: 'float64',
  STRING: 'string',
  BOOL: 'bool',
  BYTES: 'bytes',
  UNIX_TIMESTAMP: 'timestamp',
  MAP: 'map',
  JSON: 'json',
  UUID: 'uuid',
  TIME_UUID: 'timeUuid',
  DECIMAL: 'decimal',
  SCALAR_MAP: 'scalarMap',
  ZONED_TIMESTAMP: 'zonedTimestamp',
  PDF_BYTES: 'pdfBytes',
  IMAGE_BYTES: 'imageBytes',
}

/** Collects what a module has to import while its text is written. */
class ModuleWriter {
  readonly imports = new Set<string>()
  readonly #taken = new Set<string>()

  use(name: string): string {
    this.imports.add(name)
    return name
  }

  /** An identifier for an object's name that nothing else in the module has. */
  identifier(name: string): string {
    const words = name.split(/[^\p{L}\p{N}$]+/u).filter((word) => word !== '')
    const camel = words.map((word, at) => (at === 0 ? word : `${word[0]?.toUpperCase()}${word.slice(1)}`)).join('')
    const base = /^[\p{ID_Start}$_]/u.test(camel) && !reserved.has(camel) && !(camel in typeFunctions) ? camel : `_${camel}`
    let found = base
    for (let at = 2; this.#taken.has(found); at++) found = `${base}${at}`
    this.#taken.add(found)
    return found
  }

  type(type: ValueType): string {
    const simple = typeNames[type.name]
    if (simple !== undefined) return this.use(simple)
    if (type.name === 'STRUCT' || type.name === 'STRUCT_LIST') {
      const fields = Object.entries(type.struct ?? {}).map(([name, of]) => `${literal(name)}: ${this.type(of)}`)
      const text = `${this.use('struct')}({ ${fields.join(', ')} })`
      return type.name === 'STRUCT' ? text : `${this.use('listOf')}(${text})`
    }
    if (type.name === 'VALUE_LIST' || type.name === 'VALUE_SET')
      return `${this.use(type.name === 'VALUE_LIST' ? 'nestedListOf' : 'nestedSetOf')}(${type.inner === undefined ? this.use('string') : this.type(type.inner)})`
    const [, element, form] = /^(.*)_(LIST|SET)$/.exec(type.name) ?? []
    if (element !== undefined) return `${this.use(form === 'LIST' ? 'listOf' : 'setOf')}(${this.use(typeNames[element] ?? 'string')})`
    return this.use('string')
  }

  schema(fields: readonly Field[]): string {
    const lines = fields.map(({ name, type, ...said }) => {
      const options = optionsText({
        description: said.description || undefined,
        tags: Object.keys(said.tags).length > 0 ? said.tags : undefined,
        vectorIndex: said.vectorIndex || undefined,
        vectorSearchMetric: said.vectorSearchMetric || undefined,
        vectorLength: said.vectorLength || undefined,
      })
      return `    ${literal(name)}: ${options === '' ? this.type(type) : `${this.use('field')}(${this.type(type)}, { ${options} })`},`
    })
    return `{\n${lines.join('\n')}\n  }`
  }
}

/** Names of the functions that a module imports: no definition may be called like one. */
const typeFunctions = {
  ...Object.fromEntries(Object.values(typeNames).map((name) => [name, true])),
  ...Object.fromEntries(
    [
      'struct',
      'listOf',
      'setOf',
      'nestedListOf',
      'nestedSetOf',
      'field',
      'entity',
      'featureView',
      'streamFeatureView',
      'featureService',
    ].map((name) => [name, true]),
  ),
  ...Object.fromEntries(
    ['postgresSource', 'fileSource', 'pushSource', 'requestSource', 'seconds', 'pythonFeatureView'].map((name) => [name, true]),
  ),
}
const reserved = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof let new null return super switch this throw true try typeof var void while with yield static implements interface package private protected public'.split(
    ' ',
  ),
)

const optionsText = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${literal(value)}`)
    .join(', ')

const said = (definition: {
  readonly description?: string
  readonly owner?: string
  readonly tags?: Readonly<Record<string, string>>
}) => ({
  description: definition.description || undefined,
  owner: definition.owner || undefined,
  tags: definition.tags !== undefined && Object.keys(definition.tags).length > 0 ? definition.tags : undefined,
})

type WrittenSource = Extract<DataSource, { readonly kind: 'postgres-source' | 'file-source' | 'push-source' | 'request-source' }>
const isWritten = (source: DataSource): source is WrittenSource =>
  source.kind === 'postgres-source' || source.kind === 'file-source' || source.kind === 'push-source' || source.kind === 'request-source'

const sourceText = (source: WrittenSource, writer: ModuleWriter, names: ReadonlyMap<string, string>): string => {
  const times = {
    timestampField: source.timestampField || undefined,
    createdTimestampColumn: source.createdTimestampColumn || undefined,
    fieldMapping: Object.keys(source.fieldMapping).length > 0 ? source.fieldMapping : undefined,
    datePartitionColumn: source.datePartitionColumn || undefined,
  }
  switch (source.kind) {
    case 'postgres-source':
      return `${writer.use('postgresSource')}({ ${optionsText({ name: source.name, table: source.table || undefined, query: source.query || undefined, ...times, ...said(source) })} })`
    case 'file-source':
      return `${writer.use('fileSource')}({ ${optionsText({ name: source.name, path: source.path, fileFormat: source.fileFormat || undefined, ...times, ...said(source) })} })`
    case 'push-source': {
      const batch = source.batchSource === undefined ? undefined : names.get(`source\0${source.batchSource.name}`)
      return `${writer.use('pushSource')}({ ${optionsText({ name: source.name, ...said(source) })}${batch === undefined ? '' : `, batchSource: ${batch}`} })`
    }
    case 'request-source':
      return `${writer.use('requestSource')}({ ${optionsText({ name: source.name, ...said(source) })}, schema: ${writer.schema(source.fields)} })`
  }
}

const entityText = (entity: Entity, writer: ModuleWriter): string =>
  `${writer.use('entity')}({ ${optionsText({ name: entity.name, joinKey: entity.joinKey, ...said(entity) })}, valueType: ${writer.type(entity.valueType)} })`

const viewText = (view: FeatureView | StreamFeatureView, writer: ModuleWriter, names: ReadonlyMap<string, string>): string => {
  const source = view.streamSource ?? view.source
  const sourceName = source === undefined ? undefined : names.get(`source\0${source.name}`)
  const lines = [
    optionsText({
      name: view.name,
      ...said(view),
      online: view.online ? undefined : false,
      offline: view.offline || undefined,
      disabled: view.disabled || undefined,
      org: view.org || undefined,
    }),
    `entities: [${view.entities.map(({ name }) => names.get(`entity\0${name}`)).join(', ')}]`,
    ...(view.ttl === undefined ? [] : [`ttl: ${writer.use('seconds')}(${Number(view.ttl.microseconds) / 1e6})`]),
    `schema: ${writer.schema(view.fields)}`,
    ...(sourceName === undefined ? [] : [`source: ${sourceName}`]),
  ]
  return `${writer.use('featureView')}({\n  ${lines.join(',\n  ')},\n})`
}

const onDemandText = (view: OnDemandFeatureView, writer: ModuleWriter, names: ReadonlyMap<string, string>): string => {
  const sources = view.sources.flatMap((input) => names.get('kind' in input ? `source\0${input.name}` : `view\0${input.of}`) ?? [])
  return `${writer.use('pythonFeatureView')}({\n  ${optionsText({ name: view.name, ...said(view) })},\n  sources: [${sources.join(', ')}],\n  schema: ${writer.schema(view.fields)},\n})`
}

const serviceText = (service: FeatureService, writer: ModuleWriter, names: ReadonlyMap<string, string>): string => {
  const features = service.projections.flatMap(({ view, alias, joinKeyMap, features: picked }) => {
    const name = names.get(`view\0${view}`)
    if (name === undefined) return []
    const mapped = Object.keys(joinKeyMap).length === 0 ? '' : `.withJoinKeyMap(${literal(joinKeyMap)})`
    return picked.map((feature) => `${name}${alias === '' ? '' : `.withName(${literal(alias)})`}${mapped}.features[${literal(feature)}]`)
  })
  return `${writer.use('featureService')}({\n  ${optionsText({ name: service.name, ...said(service) })},\n  features: [\n    ${features.join(',\n    ')},\n  ],\n})`
}

/**
 * Writes a module that defines what a registry holds: entities, sources that we read, views, on-demand views (their types; the code stays
 * where it is), services. Objects of other kinds, and views over stores that we do not run, are named in a remark.
 */
export const moduleText = (project: string, definitions: readonly Definition[]): string => {
  const writer = new ModuleWriter()
  const names = new Map<string, string>()
  const lines: string[] = []
  const passed: string[] = []
  const add = (place: string, name: string, text: string): void => {
    const identifier = writer.identifier(name)
    names.set(`${place}\0${name}`, identifier)
    lines.push(`export const ${identifier} = ${text}\n`)
  }
  const sources = definitions.filter((each): each is DataSource => each.kind.endsWith('-source')).filter(isWritten)
  for (const entity of definitions)
    if (entity.kind === 'entity' && entity.name !== '__dummy') add('entity', entity.name, entityText(entity, writer))
  for (const source of [...sources].sort((a, b) => Number(a.kind === 'push-source') - Number(b.kind === 'push-source')))
    add('source', source.name, sourceText(source, writer, names))
  for (const view of definitions) {
    if (view.kind === 'feature-view') add('view', view.name, viewText(view, writer, names))
    else if (view.kind === 'stream-feature-view' || view.kind === 'label-view') passed.push(`${view.kind} ${view.name}`)
  }
  for (const view of definitions) if (view.kind === 'on-demand-feature-view') add('view', view.name, onDemandText(view, writer, names))
  for (const service of definitions)
    if (service.kind === 'feature-service') add('service', service.name, serviceText(service, writer, names))
  const remark = passed.length === 0 ? '' : `// Left out, to be asked for by text: ${passed.join(', ')}.\n`
  return `// Written by feast generate from the registry of project ${JSON.stringify(project)}. Write it anew instead of changing it.
${remark}import { ${[...writer.imports].sort().join(', ')} } from '@charmed-feast/store'

${lines.join('\n')}`
}
