import type { Command } from '../command.ts'
import type { Listed } from '../object-columns.ts'
import { openFor } from '../open.ts'
import { type Guarded, guardedObjects, permittedActions, unguardedActions } from '../permission-match.ts'
import { formatOf, formatOptions, rowsText, tableText } from '../table.ts'
import { listedObjects } from './objects.ts'

const permissionsOf = (listed: readonly Listed[]) =>
  listed.flatMap(({ definition }) => (definition.kind === 'permission' ? [definition] : []))

const pythonName = ({ listed, className }: Guarded): readonly string[] => [listed.definition.name, className]

/** `feast permissions check`. */
export const check: Command = {
  arguments: [],
  options: [],
  async run(terminal, { global }) {
    await using store = await openFor(terminal, global)
    const permissions = permissionsOf(await listedObjects(store, 'permission'))
    const objects = await guardedObjects(store)
    const open = objects.filter((object) => permissions.every((permission) => permittedActions(permission, object).length === 0))
    const actions = objects.map((object) => [...pythonName(object), unguardedActions(permissions, object).join('\n')])
    terminal.out('The following resources are not secured by any permission configuration:\n')
    terminal.out(tableText(['NAME', 'TYPE'], open.map(pythonName)))
    terminal.out(
      'The following actions are not secured by any permission configuration (Note: this might not be a security concern, depending on the used APIs):\n',
    )
    terminal.out(
      tableText(
        ['NAME', 'TYPE', 'UNSECURED ACTIONS'],
        actions.filter((row) => row[2] !== ''),
      ),
    )
    return undefined
  },
}

/** `feast permissions list-roles`. */
export const listRoles: Command = {
  arguments: [],
  options: [{ flags: '-v, --verbose', description: 'with what each role may do with each object' }, ...formatOptions],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    const permissions = permissionsOf(await listedObjects(store, 'permission'))
    const roles = [...new Set(permissions.flatMap(({ policy }) => (policy?.kind === 'role-based' ? policy.roles : [])))].toSorted()
    if (options.verbose !== true) {
      terminal.out(
        rowsText(
          formatOf(options),
          ['ROLE NAME'],
          roles.map((role) => [role]),
        ),
      )
      return undefined
    }
    const objects = await guardedObjects(store)
    const rows = roles.flatMap((role) =>
      objects.map((object) => {
        const own = permissions.filter(({ policy }) => policy?.kind === 'role-based' && policy.roles.includes(role))
        const actions = [...new Set(own.flatMap((permission) => permittedActions(permission, object)))]
        return [role, ...pythonName(object), actions.length === 0 ? '-' : actions.join('\n')]
      }),
    )
    terminal.out(rowsText(formatOf(options), ['ROLE NAME', 'RESOURCE NAME', 'RESOURCE TYPE', 'PERMITTED ACTIONS'], rows))
    return undefined
  },
}
