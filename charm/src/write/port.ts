import { closePort, openedPorts, openPort } from '../hook-tool/port.ts'
import type { RunTool } from '../hook-tool/run.ts'
import type { Step } from './step.ts'

/**
 * Plans what makes the open ports equal to the desired ones.
 *
 * @example
 * await planPorts(run, ['8888/tcp']) // [] when that one, and no other, is open
 */
export const planPorts = async (run: RunTool, desired: readonly string[] | undefined): Promise<readonly Step[]> => {
  if (desired === undefined) return []
  const opened = await openedPorts(run)
  const close = opened.filter((port) => !desired.includes(port)).toSorted()
  const open = desired.filter((port) => !opened.includes(port)).toSorted()
  return [
    ...close.map((port) => ({ what: `close port ${port}`, perform: () => closePort(run, port) })),
    ...open.map((port) => ({ what: `open port ${port}`, perform: () => openPort(run, port) })),
  ]
}
