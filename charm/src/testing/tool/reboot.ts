import type { Call } from './call.ts'
import { checkEmpty } from './flags.ts'
import { ToolError } from './tool-error.ts'

/** `juju-reboot [--now]` */
export function jujuReboot(call: Call): void {
  const now = call.flags.boolean('now')
  checkEmpty(call.parse())
  if (call.context.hook.action) throw new ToolError('juju-reboot is not supported when running an action.')
  call.context.reboot = now.value ? 'now' : 'after-hook'
  if (now.value) throw new ToolError('no process to kill')
}
