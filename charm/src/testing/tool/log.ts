import { type Call, declareDeprecatedFormat } from './call.ts'
import { goQuote } from './go-text.ts'
import { usageError } from './tool-error.ts'

const levels: ReadonlyMap<string, string> = new Map([
  ...['UNSPECIFIED', 'TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'].map((level) => [level, level] as const),
  ['WARN', 'WARNING'] as const,
])

/** `juju-log MESSAGE… [--log-level LEVEL] [--debug]` */
export function jujuLog(call: Call): void {
  const { context } = call
  const debug = call.flags.boolean('debug')
  const level = call.flags.string(['l', 'log-level'], 'INFO')
  const warn = declareDeprecatedFormat(call)
  const words = call.parse('<message>')
  if (words.length === 0) throw usageError('no message specified')
  warn()
  const module = `unit.${context.unitName}.juju-log`
  const asked = debug.value ? 'DEBUG' : level.value || 'INFO'
  const known = levels.get(asked.toUpperCase())
  if (!known) context.log.push({ level: 'WARNING', module, message: `Specified log level of ${goQuote(asked)} is not valid` })
  const prefix = context.hookRelation ? `${context.hookRelation.fakeId}: ` : ''
  context.log.push({ level: known ?? 'INFO', module, message: prefix + words.join(' ') })
}
