import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { bundleError } from '../errors.ts'
import { systemCode, writingInto } from './folder.ts'

/** Only this machine may connect. */
export const loopback = '127.0.0.1'

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536

/**
 * Checks a port that was asked for.
 *
 * @throws BUNDLE_SETTING_INVALID
 */
export const checkPort = (port: number | undefined): void => {
  if (port !== undefined && !isPort(port))
    throw bundleError('BUNDLE_SETTING_INVALID', ['port', `${port} is no whole number from 1 to 65535`])
}

/** Listens for a moment; gives the port, or undefined where another process has it. 0 is any free one. */
const probe = async (port: number): Promise<number | undefined> => {
  const server = createServer()
  try {
    server.listen({ host: loopback, port, exclusive: true })
    await once(server, 'listening')
    const address = server.address()
    return address === null || typeof address === 'string' ? undefined : address.port
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes(systemCode(error))) return undefined
    throw error
  } finally {
    server.close()
  }
}

const readPort = async (file: string): Promise<number | undefined> => {
  try {
    const port = Number(await readFile(file, 'utf8'))
    return isPort(port) ? port : undefined
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** A free port: the one of the last start where it can be, so that an address told once stays true. */
export const freePort = async (file: string): Promise<number> => {
  const last = await readPort(file)
  const port = (last === undefined ? undefined : await probe(last)) ?? (await probe(0))
  if (port === undefined) throw new Error(`cannot find a free port on "${loopback}": the system gives none`)
  return port
}

/** Keeps a port for the next start. */
export const keepPort = (file: string, port: number): Promise<void> => writingInto(file, () => writeFile(file, `${port}\n`))
