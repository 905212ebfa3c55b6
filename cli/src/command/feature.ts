import { type Field, pythonTypeName, type Store } from '@charmed-feast/store'
import { stringify } from 'yaml'
import type { Command } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, jsonText, tableText } from '../table.ts'

interface ListedFeature {
  readonly field: Field
  readonly view: string
  readonly online: boolean
  readonly source: string | undefined
}

/** The features of feature views, computed views and stream views, in Feast's order. */
const featuresOf = async (store: Store): Promise<readonly ListedFeature[]> => {
  const catalog = await store.catalog()
  const views = [...catalog.list('feature-view'), ...catalog.list('on-demand-feature-view'), ...catalog.list('stream-feature-view')]
  return views.flatMap((view) => {
    if (!('fields' in view) || view.kind === 'request-source') return []
    const online = view.kind === 'on-demand-feature-view' ? view.writeToOnlineStore : view.online
    const source = view.kind === 'on-demand-feature-view' ? undefined : view.source?.name
    return view.fields.map((field) => ({ field, view: view.name, online, source }))
  })
}

/** `feast features list`. */
export const list: Command = {
  arguments: [],
  options: [{ flags: '--output <format>', description: 'table or json, as Feast says it', default: 'table' }, ...formatOptions],
  async run(terminal, { options, global }) {
    const output = String(options.output ?? 'table').toLowerCase()
    if (output !== 'table' && output !== 'json') throw cliError('CLI_ARGUMENT_INVALID', ['--output', output, 'allowed: table, json'])
    await using store = await openFor(terminal, global)
    const features = await featuresOf(store)
    const format = output === 'json' ? 'json' : formatOf(options)
    const objects = features.map(({ field, view }) => ({ feature_name: field.name, feature_view: view, dtype: pythonTypeName(field.type) }))
    if (format === 'json') terminal.out(`${jsonText(objects, 4)}\n`)
    else if (format === 'yaml') terminal.out(stringify(objects))
    else
      terminal.out(
        tableText(
          ['Feature', 'Feature View', 'Data Type'],
          objects.map((each) => Object.values(each)),
        ),
      )
    return undefined
  },
}

/** `feast features describe`. */
export const describe: Command = {
  arguments: [{ name: '<name>', description: "the feature's name" }],
  options: [],
  async run(terminal, { args: [name = ''], global }) {
    await using store = await openFor(terminal, global)
    const found = (await featuresOf(store)).filter(({ field }) => field.name === name)
    if (found.length === 0) throw cliError('CLI_OBJECT_NOT_FOUND', ['feature', name, store.project])
    const rows = found.map(({ field, view, online, source }) => ({
      'Feature Name': field.name,
      'Feature View': view,
      'Data Type': pythonTypeName(field.type),
      Description: field.description,
      'Online Store': online,
      Source: source ?? null,
    }))
    terminal.out(`${jsonText(rows, 4)}\n`)
    return undefined
  },
}
