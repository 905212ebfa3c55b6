import { get } from 'node:http'
import { connect } from 'node:net'

import { asRecord, type PlanEntry } from '@charmed-feast/charm/testing'

import type { Guardian } from './guardian.ts'
import type { Place } from './place.ts'
import { startProcess } from './process.ts'
import { processOf } from './service.ts'
import { splitCommand } from './words.ts'

/** What a probe of a check needs. */
export interface ProbeOptions {
  readonly place: Place
  readonly guardian: Guardian
  /** The entry of a service, whose surroundings a command may ask for. */
  readonly serviceOf: (name: string) => PlanEntry
  readonly timeoutMs: number
}

/** In a container `localhost` is the container. */
const hostHere = (host: string, { address }: Place): string => (host === 'localhost' || host === '127.0.0.1' ? address : host)

const probeHttp = async (check: PlanEntry, { place, timeoutMs }: ProbeOptions): Promise<void> => {
  const url = new URL(String(check.url))
  url.hostname = hostHere(url.hostname, place)
  const headers = Object.fromEntries(Object.entries(asRecord(check.headers)).map(([name, value]) => [name, String(value)]))
  const status = await new Promise<number>((resolve, reject) => {
    const request = get(url, { headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', reject)
  })
  if (status < 200 || status > 299) throw new Error(`non-2xx status code ${status}`)
}

const probeTcp = (check: PlanEntry, { place, timeoutMs }: ProbeOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostHere(String(check.host ?? 'localhost'), place), port: Number(check.port), timeout: timeoutMs })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('timeout', () => socket.destroy(new Error('timed out')))
    socket.once('error', reject)
  })

const probeExec = async (check: PlanEntry, { place, guardian, serviceOf, timeoutMs }: ProbeOptions): Promise<void> => {
  const service = typeof check['service-context'] === 'string' ? serviceOf(check['service-context']) : {}
  const environment = { ...asRecord(service.environment), ...asRecord(check.environment) }
  const { exit, kill, child } = await startProcess(
    processOf({ ...service, ...check, environment }, splitCommand(String(check.command)), place),
    guardian,
  )
  child.stdin?.end()
  child.stdout?.resume()
  child.stderr?.resume()
  const timer = setTimeout(() => kill('SIGKILL'), timeoutMs)
  const code = await exit
  clearTimeout(timer)
  if (code !== 0) throw new Error(`exit status ${code}`)
}

/**
 * Asks what a check of a plan asks, once.
 *
 * @throws when it did not go well, with the reason
 *
 * @example
 * await probe({ tcp: { port: 8888 } }, options)
 */
export const probe = (check: PlanEntry, options: ProbeOptions): Promise<void> => {
  if (check.http !== undefined) return probeHttp(asRecord(check.http), options)
  return check.tcp === undefined ? probeExec(asRecord(check.exec), options) : probeTcp(asRecord(check.tcp), options)
}
