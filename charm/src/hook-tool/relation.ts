import { parseObject, parseText, parseTextList, parseTexts } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'
import { encodeTextMap, type TextMap } from './text-map.ts'

/** Whose databag: an application's (`app`) or a unit's. */
export type BagOwner = 'app' | 'unit'

const appFlag = (owner: BagOwner): readonly string[] => (owner === 'app' ? ['--app'] : [])

/**
 * Lists the relations of an endpoint, as `endpoint:id`, sorted by Juju as text (`db:10` before `db:2`). A dead relation, and in
 * relation-broken the one that breaks, is not among them.
 *
 * @example
 * await relationIds(run, 'db') // ['db:3', 'db:7']
 */
export const relationIds = async (run: RunTool, endpoint: string): Promise<readonly string[]> =>
  parseTextList('relation-ids', await readToolJson(run, { tool: 'relation-ids', args: [endpoint, '--format=json'] }))

/**
 * Lists the remote units of a relation, sorted by Juju. In relation-departed the one that leaves is already missing.
 *
 * @throws {HookToolError} `CHARM_RELATION_NOT_FOUND`
 *
 * @example
 * await relationUnits(run, 'db:7') // ['pg/0', 'pg/1']
 */
export const relationUnits = async (run: RunTool, relation: string): Promise<readonly string[]> =>
  parseTextList('relation-list', await readToolJson(run, { tool: 'relation-list', args: ['--format=json', '-r', relation] }))

/**
 * Names the remote application of a relation; of a peer relation the own one.
 *
 * @throws {HookToolError} `CHARM_RELATION_NOT_FOUND`
 *
 * @example
 * await relationApp(run, 'db:7') // 'pg'
 */
export const relationApp = async (run: RunTool, relation: string): Promise<string> =>
  parseText('relation-list', await readToolJson(run, { tool: 'relation-list', args: ['--format=json', '--app', '-r', relation] }))

/**
 * Reads a databag: of the unit or application `member`, own or remote.
 *
 * @throws {HookToolError} `CHARM_RELATION_NOT_FOUND`; `CHARM_UNIT_NOT_FOUND`; `CHARM_PERMISSION_DENIED` for the own application's bag on a unit that does not lead.
 *
 * @example
 * await relationGet(run, 'db:7', { owner: 'app', member: 'pg' }) // { endpoints: 'pg-primary:5432' }
 */
export const relationGet = async (
  run: RunTool,
  relation: string,
  { owner, member }: { readonly owner: BagOwner; readonly member: string },
): Promise<TextMap> =>
  parseTexts(
    'relation-get',
    await readToolJson(run, { tool: 'relation-get', args: ['--format=json', '-r', relation, ...appFlag(owner), '-', member] }),
  )

/**
 * Writes keys of an own databag through standard input; an empty text takes a key out. Juju keeps it until the hook ends well.
 *
 * @throws {HookToolError} `CHARM_RELATION_NOT_FOUND`; `CHARM_PERMISSION_DENIED` for the application's bag on a unit that does not lead.
 *
 * @example
 * await relationSet(run, 'db:7', { owner: 'app', changes: { database: 'feast', 'old-key': '' } })
 */
export const relationSet = async (
  run: RunTool,
  relation: string,
  { owner, changes }: { readonly owner: BagOwner; readonly changes: TextMap },
): Promise<void> => {
  await readTool(run, { tool: 'relation-set', args: ['-r', relation, ...appFlag(owner), '--file', '-'], stdin: encodeTextMap(changes) })
}

/**
 * The UUID of the model on the other side. Juju 3.6.2 and later.
 *
 * @example
 * await relationModelUuid(run, 'db:7') // 'deadbeef-0bad-400d-8000-4b1d0d06f00d'
 */
export const relationModelUuid = async (run: RunTool, relation: string): Promise<string> => {
  const model = await readToolJson(run, { tool: 'relation-model-get', args: ['--format=json', '-r', relation] })
  return parseText('relation-model-get', parseObject('relation-model-get', model).uuid)
}
