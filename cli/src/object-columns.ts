import type { Catalog, Definition, KindName, RegistryObject } from '@charmed-feast/store'

/** What a row of a list is made of: the definition, its stored object, and the catalog that both are of. */
export interface Listed {
  readonly definition: Definition
  readonly object: RegistryObject
  readonly catalog: Catalog
}

type Row = (listed: Listed) => readonly string[]
type Of<Kind extends Definition['kind']> = Extract<Definition, { readonly kind: Kind }>

/** Texts as Python prints a set of them. */
const setText = (texts: readonly string[]): string => (texts.length === 0 ? 'n/a' : `{${texts.map((text) => `'${text}'`).join(', ')}}`)
/** A map of a message comes in any order; ours is always the same. */
const sortedEntries = (record: Readonly<Record<string, string>>) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
/** A record as Python prints a dict of texts. */
const dictText = (record: Readonly<Record<string, string>>): string =>
  `{${sortedEntries(record)
    .map(([key, value]) => `'${key}': '${value}'`)
    .join(', ')}}`
/** Values below each other; Feast shows none as a dash. */
const linesText = (values: readonly string[]): string => (values.length === 0 ? '-' : values.join('\n'))

const described = (definition: Definition): string => ('description' in definition ? definition.description : '')

/** The Python class that reads each source: what Feast lists as its class. */
const sourceClasses: Readonly<Record<string, string>> = {
  'postgres-source': 'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource',
  'file-source': 'feast.infra.offline_stores.file_source.FileSource',
  'push-source': 'feast.data_source.PushSource',
  'request-source': 'feast.data_source.RequestSource',
  'kafka-source': 'feast.data_source.KafkaSource',
  'kinesis-source': 'feast.data_source.KinesisSource',
}

/** The names of a view's entities; those of a computed view are its sources'. */
const entityNames = (name: string, catalog: Catalog): readonly string[] => {
  const view = catalog.view(name)
  if (view === undefined) return []
  if (view.kind !== 'on-demand-feature-view') return view.entities.map((entity) => entity.name)
  return [
    ...new Set(
      view.sources.flatMap((input) => ('kind' in input && input.kind === 'request-source' ? [] : entityNames(input.name, catalog))),
    ),
  ]
}

const stateNames = ['STATE_UNSPECIFIED', 'CREATED', 'GENERATED', 'MATERIALIZING', 'AVAILABLE_ONLINE']
const stateOf = ({ message }: RegistryObject): string =>
  'meta' in message && message.meta !== undefined && 'state' in message.meta
    ? (stateNames[message.meta.state] ?? String(message.meta.state))
    : 'STATE_UNSPECIFIED'

const pythonClass = (definition: Definition): string => {
  if (definition.kind === 'feature-view') return definition.transformation === undefined ? 'FeatureView' : 'BatchFeatureView'
  return definition.kind === 'stream-feature-view' ? 'StreamFeatureView' : 'OnDemandFeatureView'
}

const viewRow: Row = ({ definition, object, catalog }) => [
  definition.name,
  setText(entityNames(definition.name, catalog)),
  pythonClass(definition),
  'disabled' in definition && definition.disabled ? 'No' : 'Yes',
  stateOf(object),
]

const nameRow: Row = ({ definition }) => [definition.name]

const permissionRow = (each: Of<'permission'>): readonly string[] => [
  each.name,
  linesText(each.types.map((type) => type.toLowerCase().replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()))),
  linesText(each.namePatterns),
  linesText(each.actions),
  linesText(each.policy?.kind === 'role-based' ? each.policy.roles.toSorted() : []),
  linesText(sortedEntries(each.requiredTags).map(([key, value]) => `${key} : ${value}`)),
]

/** The columns of each kind's list, as Feast 0.67 heads and fills them. */
export const objectColumns: Readonly<Record<KindName, readonly [headers: readonly string[], row: Row]>> = {
  entity: [
    ['NAME', 'DESCRIPTION', 'TYPE'],
    ({ definition }) => [
      definition.name,
      described(definition),
      definition.kind === 'entity' ? `ValueType.${definition.valueType.name}` : '',
    ],
  ],
  'data-source': [
    ['NAME', 'CLASS'],
    ({ definition }) => [
      definition.name,
      `<class '${definition.kind === 'other-source' ? definition.classType : (sourceClasses[definition.kind] ?? definition.kind)}'>`,
    ],
  ],
  'feature-view': [['NAME', 'ENTITIES', 'TYPE', 'ENABLED', 'STATE'], viewRow],
  'stream-feature-view': [['NAME'], nameRow],
  'on-demand-feature-view': [['NAME'], nameRow],
  'label-view': [
    ['NAME', 'ENTITIES', 'CONFLICT_POLICY'],
    ({ definition, catalog }) => [
      definition.name,
      entityNames(definition.name, catalog).join(', ') || 'n/a',
      definition.kind === 'label-view' ? definition.conflictPolicy.toLowerCase() : '',
    ],
  ],
  'feature-service': [
    ['NAME', 'FEATURES'],
    ({ definition }) => [
      definition.name,
      definition.kind === 'feature-service'
        ? definition.projections.flatMap(({ view, features }) => features.map((name) => `${view}:${name}`)).join(', ')
        : '',
    ],
  ],
  'saved-dataset': [['NAME'], nameRow],
  'validation-reference': [['NAME'], nameRow],
  permission: [
    ['NAME', 'TYPES', 'NAME_PATTERNS', 'ACTIONS', 'ROLES', 'REQUIRED_TAGS'],
    ({ definition }) => (definition.kind === 'permission' ? permissionRow(definition) : []),
  ],
  project: [
    ['NAME', 'DESCRIPTION', 'TAGS', 'OWNER'],
    ({ definition }) =>
      definition.kind === 'project' ? [definition.name, definition.description, dictText(definition.tags), definition.owner] : [],
  ],
}
