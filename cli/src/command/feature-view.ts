import type { Command } from '../command.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, rowsText } from '../table.ts'

const switching = (enabled: boolean): Command => ({
  arguments: [{ name: '<name>', description: 'the view' }],
  options: [],
  async run(terminal, { args: [name = ''], global }) {
    const word = enabled ? 'enabled' : 'disabled'
    await using store = await openFor(terminal, global)
    const changed = await store.setEnabled(name, enabled)
    terminal.out(`Feature view '${name}' ${changed ? 'has been' : 'is already'} ${word}.\n`)
    return undefined
  },
})

/** `feast feature-views enable`. */
export const enable = switching(true)
/** `feast feature-views disable`: its online values stay. */
export const disable = switching(false)

/** `feast feature-views list-versions`. */
export const listVersions: Command = {
  arguments: [{ name: '<name>', description: 'the view' }],
  options: [...formatOptions],
  async run(terminal, { args: [name = ''], options, global }) {
    await using store = await openFor(terminal, global)
    const versions = await store.registry.versions(store.project, name)
    if (versions.length === 0 && formatOf(options) === 'table') {
      terminal.out(`No version history found for feature view '${name}'.\n`)
      return undefined
    }
    const rows = versions.map(({ number, type, created, id }) => [
      `v${number}`,
      type,
      new Date(Number(created / 1000n)).toISOString().replace('T', ' ').replace('.000Z', '+00:00'),
      id,
    ])
    terminal.out(rowsText(formatOf(options), ['VERSION', 'TYPE', 'CREATED', 'VERSION_ID'], rows))
    return undefined
  },
}
