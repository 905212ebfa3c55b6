import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `unit-get private-address|public-address` */
export function unitGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const [setting, ...rest] = call.parse('<setting>')
  if (setting === undefined) throw usageError('no setting specified')
  if (setting !== 'private-address' && setting !== 'public-address') throw usageError(`unknown setting ${goQuote(setting)}`)
  checkEmpty(rest)
  const { networks, publicAddress } = call.context.unit
  const address = setting === 'public-address' ? publicAddress : (networks['']?.interfaces[0]?.addresses[0]?.value ?? '')
  if (address === '') throw new ToolError(`${setting.replace('-', ' ')} not found`)
  output.write(address)
}
