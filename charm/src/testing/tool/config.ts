import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { usageError } from './tool-error.ts'

/** `config-get [KEY] [--all]` */
export function configGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const all = call.flags.boolean('a', 'all')
  const [key = '', ...rest] = call.parse('[<key>]')
  checkEmpty(rest)
  if (key !== '' && all.value) throw usageError(`cannot use argument --all together with key ${goQuote(key)}`)
  const config = call.context.config()
  const shown = Object.fromEntries(Object.entries(config).filter(([, value]) => all.value || value !== null))
  output.write(key === '' ? shown : (config[key] ?? null))
}
