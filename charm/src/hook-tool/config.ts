import { parseObject } from './output.ts'
import { type RunTool, readToolJson } from './run.ts'

/** A configuration option's value; an option without value and default is left out by Juju. */
export type ConfigValue = string | number | boolean

/**
 * Reads all options that have a value.
 *
 * @example
 * await configGet(run) // { 'target_namespace_label': 'user.kubeflow.org/enabled' }
 */
export const configGet = async (run: RunTool): Promise<Readonly<Record<string, ConfigValue>>> => {
  const output = parseObject('config-get', await readToolJson(run, { tool: 'config-get', args: ['--format=json'] }))
  const isValue = (value: unknown): value is ConfigValue => ['string', 'number', 'boolean'].includes(typeof value)
  const values: Record<string, ConfigValue> = {}
  for (const [name, value] of Object.entries(output)) if (isValue(value)) values[name] = value
  return Object.freeze(values)
}
