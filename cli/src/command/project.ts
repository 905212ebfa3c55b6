import { objectJson } from '@charmed-feast/store'
import { stringify } from 'yaml'
import type { Command } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, jsonText } from '../table.ts'

/** `feast projects current_project`. */
export const currentProject: Command = {
  arguments: [],
  options: [...formatOptions],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    const object = (await store.snapshot()).get('project', store.project, store.project)
    if (object === undefined) throw cliError('CLI_OBJECT_NOT_FOUND', ['project', store.project, store.project])
    terminal.out(formatOf(options) === 'json' ? `${jsonText(objectJson(object))}\n` : stringify(objectJson(object)))
    return undefined
  },
}

/** `feast projects delete`: all that the registry holds of a project. Online tables stay: `teardown` takes them too. */
export const deleteProject: Command = {
  arguments: [{ name: '<name>', description: 'the project' }],
  options: [{ flags: '-y, --yes', description: 'do not ask' }],
  async run(terminal, { args: [name = ''], options, global }) {
    await using store = await openFor(terminal, global)
    const question = `Remove project "${name}" with all that the registry holds of it?`
    if (options.yes !== true && !(await terminal.confirm(question))) throw cliError('CLI_NOT_CONFIRMED', [`remove project "${name}"`])
    await store.registry.deleteProject(name)
    terminal.out(`Project '${name}' deleted successfully.\n`)
    return undefined
  },
}
