import { type Definition, type KindName, objectJson, type Store } from '@charmed-feast/store'
import { stringify } from 'yaml'
import { type Command, texts } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, jsonText, rowsText } from '../table.ts'

/** A kind that has `list` and `describe`. */
export type ListedKind = KindName

type Row = (definition: Definition) => readonly string[]

const viewEntities = (definition: Definition): string =>
  'entities' in definition && definition.entities.length > 0 ? `{${definition.entities.map(({ name }) => `'${name}'`).join(', ')}}` : 'n/a'
const description = (definition: Definition): string => ('description' in definition ? definition.description : '')
const owner = (definition: Definition): string => ('owner' in definition ? definition.owner : '')
const tags = (definition: Definition): string =>
  'tags' in definition
    ? Object.entries(definition.tags)
        .map(([key, value]) => `${key}:${value}`)
        .join(' ')
    : ''
const enabled = (definition: Definition): string => ('disabled' in definition && definition.disabled ? 'False' : 'True')

/** The columns of each kind's list, as Feast heads them. */
const columns: Readonly<Record<ListedKind, readonly [headers: readonly string[], row: Row]>> = {
  entity: [
    ['NAME', 'DESCRIPTION', 'TYPE'],
    (each) => [each.name, description(each), each.kind === 'entity' ? `ValueType.${each.valueType.name}` : ''],
  ],
  'data-source': [['NAME', 'CLASS'], (each) => [each.name, each.kind === 'other-source' ? each.classType : each.kind]],
  'feature-view': [['NAME', 'ENTITIES', 'TYPE', 'ENABLED'], (each) => [each.name, viewEntities(each), 'FeatureView', enabled(each)]],
  'stream-feature-view': [
    ['NAME', 'ENTITIES', 'TYPE', 'ENABLED'],
    (each) => [each.name, viewEntities(each), 'StreamFeatureView', enabled(each)],
  ],
  'on-demand-feature-view': [['NAME'], (each) => [each.name]],
  'label-view': [
    ['NAME', 'ENTITIES', 'CONFLICT_POLICY'],
    (each) => [each.name, viewEntities(each), each.kind === 'label-view' ? each.conflictPolicy : ''],
  ],
  'feature-service': [
    ['NAME', 'FEATURES'],
    (each) => [
      each.name,
      each.kind === 'feature-service'
        ? each.projections.flatMap(({ view, features }) => features.map((name) => `${view}:${name}`)).join(', ')
        : '',
    ],
  ],
  'saved-dataset': [['NAME'], (each) => [each.name]],
  'validation-reference': [['NAME'], (each) => [each.name]],
  permission: [
    ['NAME', 'TYPES', 'NAME_PATTERNS', 'ACTIONS', 'ROLES', 'REQUIRED_TAGS'],
    (each) =>
      each.kind === 'permission'
        ? [
            each.name,
            each.types.join(', '),
            each.namePatterns.join(', '),
            each.actions.join(', '),
            each.policy?.kind === 'role-based' ? each.policy.roles.join(', ') : '',
            Object.entries(each.requiredTags)
              .map(([key, value]) => `${key}:${value}`)
              .join(' '),
          ]
        : [],
  ],
  project: [['NAME', 'DESCRIPTION', 'TAGS', 'OWNER'], (each) => [each.name, description(each), tags(each), owner(each)]],
}

const hasTags = (definition: Definition, wanted: readonly string[]): boolean =>
  wanted.every((pair) => {
    const at = pair.indexOf(':')
    return 'tags' in definition && definition.tags[pair.slice(0, at)] === pair.slice(at + 1)
  })

const objects = async (store: Store, kind: ListedKind, wanted: readonly string[]): Promise<readonly Definition[]> =>
  (await store.list(kind)).filter((definition) => hasTags(definition, wanted))

/** `feast <kind> list`. */
export const listCommand = (kind: ListedKind): Command => ({
  arguments: [],
  options: [{ flags: '-t, --tags <key:value...>', description: 'only objects with these tags' }, ...formatOptions],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    const [headers, row] = columns[kind]
    const found = await objects(store, kind, texts(options, 'tags'))
    terminal.out(rowsText(formatOf(options), headers, found.map(row)))
    return undefined
  },
})

/** `feast <kind> describe`: the object as Feast's proto JSON, in YAML. */
export const describeCommand = (kind: ListedKind): Command => ({
  arguments: [{ name: '<name>', description: 'its name' }],
  options: [...formatOptions],
  async run(terminal, { args: [name = ''], options, global }) {
    await using store = await openFor(terminal, global)
    const object = (await store.snapshot()).get(kind, store.project, name)
    if (object === undefined) throw cliError('CLI_OBJECT_NOT_FOUND', [kind.replaceAll('-', ' '), name, store.project])
    const json = objectJson(object)
    terminal.out(formatOf(options) === 'json' ? `${jsonText(json)}\n` : stringify(json))
    return undefined
  },
})
