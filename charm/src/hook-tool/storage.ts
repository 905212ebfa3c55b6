import { parseObject, parseText, parseTextList } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'

/** One attached storage. */
export interface Storage {
  readonly kind: string
  /** Where it is mounted, or the block device. */
  readonly location: string
}

/**
 * Lists the storages of this unit, as `name/number`; all, or those of one name.
 *
 * @example
 * await storageList(run, { name: 'data' }) // ['data/0']
 */
export const storageList = async (run: RunTool, { name }: { readonly name?: string } = {}): Promise<readonly string[]> =>
  parseTextList(
    'storage-list',
    await readToolJson(run, { tool: 'storage-list', args: ['--format=json', ...(name === undefined ? [] : [name])] }),
  )

/**
 * Tells kind and location of a storage.
 *
 * @example
 * await storageGet(run, 'data/0') // { kind: 'filesystem', location: '/srv/data' }
 */
export const storageGet = async (run: RunTool, storage: string): Promise<Storage> => {
  const output = parseObject('storage-get', await readToolJson(run, { tool: 'storage-get', args: ['--format=json', '-s', storage] }))
  return { kind: parseText('storage-get', output.kind), location: parseText('storage-get', output.location) }
}

/**
 * Asks for more storages of a name, once the hook ends well.
 *
 * @example
 * await storageAdd(run, 'data', { count: 1 })
 */
export const storageAdd = async (run: RunTool, name: string, { count }: { readonly count: number }): Promise<void> => {
  await readTool(run, { tool: 'storage-add', args: [`${name}=${count}`] })
}
