import { type Catalog, type KindName, kinds, type RemovedObject } from '@charmed-feast/store'
import { type Command, text } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import type { Terminal } from '../terminal.ts'

type Removable = RemovedObject['kind']

/** In the order in which Feast looks for a name. */
const removable: readonly Removable[] = [
  'entity',
  'feature-view',
  'feature-service',
  'data-source',
  'saved-dataset',
  'validation-reference',
  'stream-feature-view',
  'on-demand-feature-view',
  'label-view',
  'permission',
]

/** What speaks of an object and would be left without it. */
const usersOf = (catalog: Catalog, kind: KindName, name: string): readonly string[] => {
  const services = catalog
    .list('feature-service')
    .filter((each) => each.kind === 'feature-service' && each.projections.some(({ view }) => view === name))
  if (kinds[kind].historyType !== undefined) return services.map((each) => `feature service ${each.name}`)
  return catalog.viewNames().flatMap((view) => {
    const found = catalog.view(view)
    const isUser =
      kind === 'entity'
        ? found?.entities.some((entity) => entity.name === name)
        : found !== undefined && 'source' in found && found.source?.name === name
    return isUser === true ? [`view ${view}`] : []
  })
}

const confirm = async (terminal: Terminal, what: string, users: readonly string[]): Promise<void> => {
  if (users.length > 0) terminal.err(`It is used by ${users.join(', ')}.\n`)
  if (!(await terminal.confirm(`Remove ${what}?`))) throw cliError('CLI_NOT_CONFIRMED', [`remove ${what}`])
}

/** `feast delete`: the object of a name, whatever its kind. */
export const command: Command = {
  arguments: [{ name: '<name>', description: 'the object' }],
  options: [
    { flags: '--kind <kind>', description: `which, where several have the name: ${removable.join(', ')}` },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  async run(terminal, { args: [name = ''], options, global }) {
    const kind = text(options, 'kind')
    await using store = await openFor(terminal, global)
    const snapshot = await store.snapshot()
    const found = removable.filter((each) => (kind === undefined || each === kind) && snapshot.get(each, store.project, name) !== undefined)
    const [first, ...others] = found
    if (first === undefined) {
      terminal.out('Object not found. Deletion skipped.\n')
      return undefined
    }
    if (others.length > 0)
      throw cliError('CLI_ARGUMENT_INVALID', ['name', name, `several objects have it; say --kind ${found.join(' or ')}`])
    if (options.yes !== true) await confirm(terminal, `${kinds[first].words} "${name}"`, usersOf(await store.catalog(), first, name))
    await store.delete([{ kind: first, name }])
    terminal.out(`Deleted ${kinds[first].pythonName} ${name} from ${store.project}.\n`)
    return undefined
  },
}

/** `feast saved-datasets delete`: ours. The rows stay where they are. */
export const deleteSavedDataset: Command = {
  arguments: [{ name: '<name>', description: 'the dataset' }],
  options: [{ flags: '-y, --yes', description: 'do not ask' }],
  async run(terminal, { args: [name = ''], options, global }) {
    await using store = await openFor(terminal, global)
    if (options.yes !== true) await confirm(terminal, `saved dataset "${name}"`, [])
    await store.delete([{ kind: 'saved-dataset', name }])
    terminal.out(`Deleted SavedDataset ${name} from ${store.project}.\n`)
    return undefined
  },
}
