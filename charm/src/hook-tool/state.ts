import { parseTexts } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'
import { encodeTextMap, type TextMap } from './text-map.ts'

/**
 * Reads what this unit keeps in the controller; it outlives the pod.
 *
 * @example
 * await stateGet(run) // { 'entity-key-version': '2' }
 */
export const stateGet = async (run: RunTool): Promise<TextMap> =>
  parseTexts('state-get', await readToolJson(run, { tool: 'state-get', args: ['--format=json'] }))

/**
 * Keeps texts in the controller, through standard input. Keys up to 256 bytes, values up to 65,536, together 2 MiB; an empty value is kept.
 *
 * @example
 * await stateSet(run, { 'entity-key-version': '3' })
 */
export const stateSet = async (run: RunTool, texts: TextMap): Promise<void> => {
  await readTool(run, { tool: 'state-set', args: ['--file', '-'], stdin: encodeTextMap(texts) })
}

/**
 * Forgets a key; that it is not there is not an error.
 *
 * @example
 * await stateDelete(run, 'entity-key-version')
 */
export const stateDelete = async (run: RunTool, key: string): Promise<void> => {
  await readTool(run, { tool: 'state-delete', args: [key] })
}
