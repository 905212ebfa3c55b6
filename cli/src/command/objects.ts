import { catalogOf, type KindName, objectJson, type RegistryObject, type Store } from '@charmed-feast/store'
import { stringify } from 'yaml'
import { type Command, type OptionValues, texts } from '../command.ts'
import { cliError } from '../errors.ts'
import { type Listed, objectColumns } from '../object-columns.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, jsonText, rowsText } from '../table.ts'

/** Pairs of `key:value`, several in one text too, as Feast takes them. */
const tagsOf = (given: readonly string[]): readonly (readonly [string, string])[] =>
  given
    .flatMap((each) => each.split(','))
    .filter((pair) => pair.includes(':'))
    .map((pair) => [pair.slice(0, pair.indexOf(':')).trim(), pair.slice(pair.indexOf(':') + 1).trim()])

/** Feast lists computed views among feature views. */
const listedKinds = (kind: KindName): readonly KindName[] => (kind === 'feature-view' ? [kind, 'on-demand-feature-view'] : [kind])

/** The objects of a kind; projects are those of the whole registry. */
export const listedObjects = async (store: Store, kind: KindName): Promise<readonly Listed[]> => {
  const snapshot = kind === 'project' ? await store.registry.snapshot() : await store.snapshot()
  const projects = kind === 'project' ? snapshot.projects : [store.project]
  return projects.flatMap((project) => {
    const catalog = catalogOf(snapshot, project)
    return listedKinds(kind).flatMap((each) => {
      const definitions = catalog.list(each)
      return snapshot.list(each, project).flatMap((object, at) => {
        const definition = definitions[at]
        return definition === undefined || object.name === '__dummy' ? [] : [{ definition, object, catalog }]
      })
    })
  })
}

/** What the options `--tags` leave of a list. */
const withTags = (listed: readonly Listed[], options: OptionValues): readonly Listed[] => {
  const wanted = tagsOf(texts(options, 'tags'))
  return listed.filter(({ definition }) => wanted.every(([key, value]) => 'tags' in definition && definition.tags[key] === value))
}

/** The option that lists share. */
const tagsOption = {
  flags: '-t, --tags <key:value>',
  description: 'only objects with this tag; repeat for more',
  repeated: true,
} as const

/** `feast <kind> list`. */
export const listCommand = (kind: KindName): Command => ({
  arguments: [],
  options: [tagsOption, ...formatOptions],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    const [headers, row] = objectColumns[kind]
    terminal.out(rowsText(formatOf(options), headers, withTags(await listedObjects(store, kind), options).map(row)))
    return undefined
  },
})

/** Feast shows of a view whether it is on and how far it is, also where that is the default. */
const shown = (object: RegistryObject, listed: Listed | undefined): unknown => {
  const json = objectJson(object)
  if (object.kind !== 'feature-view' || listed === undefined || typeof json !== 'object' || json === null) return json
  const [, , , enabled, state] = objectColumns['feature-view'][1](listed)
  return { ...json, enabled: enabled === 'Yes', state }
}

/** `feast <kind> describe`: the object as Feast's proto JSON, in YAML. */
export const describeCommand = (kind: KindName): Command => ({
  arguments: [{ name: '<name>', description: 'its name' }],
  options: [...formatOptions],
  async run(terminal, { args: [name = ''], options, global }) {
    await using store = await openFor(terminal, global)
    const listed = (await listedObjects(store, kind)).find(({ object }) => object.kind === kind && object.name === name)
    if (listed === undefined) throw cliError('CLI_OBJECT_NOT_FOUND', [kind.replaceAll('-', ' '), name, store.project])
    const json = shown(listed.object, listed)
    terminal.out(formatOf(options) === 'json' ? `${jsonText(json)}\n` : stringify(json))
    return undefined
  },
})
