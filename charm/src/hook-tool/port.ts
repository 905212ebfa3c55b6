import { parseTextList } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'

/** A port as Juju writes it: `8888/tcp`, `53/udp`, `8000-8010/tcp` (not on Kubernetes), `icmp` (not on Kubernetes). */
export type Port = string

/**
 * Lists the ports that are open for all endpoints, pending changes of this hook included. Sorted by Juju.
 *
 * @example
 * await openedPorts(run) // ['8888/tcp']
 */
export const openedPorts = async (run: RunTool): Promise<readonly Port[]> =>
  parseTextList('opened-ports', await readToolJson(run, { tool: 'opened-ports', args: ['--format=json'] }))

/**
 * Opens a port for all endpoints, once the hook ends well.
 *
 * @example
 * await openPort(run, '8888/tcp')
 */
export const openPort = async (run: RunTool, port: Port): Promise<void> => {
  await readTool(run, { tool: 'open-port', args: [port] })
}

/**
 * Closes a port for all endpoints, once the hook ends well.
 *
 * @example
 * await closePort(run, '8888/tcp')
 */
export const closePort = async (run: RunTool, port: Port): Promise<void> => {
  await readTool(run, { tool: 'close-port', args: [port] })
}
