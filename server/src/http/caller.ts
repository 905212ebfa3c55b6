import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Caller } from '../decision.ts'
import { serverError } from '../errors.ts'

/** Whose word on users is believed. */
export interface Gateway {
  /** Networks or addresses: `10.1.0.0/16`, `::1`. None: nobody is believed. */
  readonly proxies: readonly string[]
  /** The header that names the user; Kubeflow's unless told. */
  readonly userHeader: string
}

const nobody: Caller = { user: null, roles: [] }

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

const networks = (proxies: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const length = bits === undefined ? undefined : Number(bits)
    if (
      isIP(address) === 0 ||
      (length !== undefined && !(Number.isInteger(length) && length >= 0 && length <= (isIP(address) === 6 ? 128 : 32)))
    )
      throw serverError('SERVER_VALUE_INVALID', ['trusted proxy', proxy, 'it has to be an address or a network, such as 10.1.0.0/16'])
    if (length === undefined) list.addAddress(address, family(address))
    else list.addSubnet(address, length, family(address))
  }
  return list
}

const single = (value: string | readonly string[] | undefined): string | undefined => (typeof value === 'string' ? value : value?.[0])

/** Whether requests are from the gateway, and who it says is asking. */
export interface Believed {
  readonly isTrusted: (address: string | undefined) => boolean
  readonly callerOf: (address: string | undefined, headers: IncomingHttpHeaders) => Caller
}

/**
 * Reads who asks. The header counts only from the gateway's own address: from anybody else it is dropped.
 *
 * @throws SERVER_VALUE_INVALID for what is no network
 *
 * @example
 * believe({ proxies: ['10.1.0.0/16'], userHeader: 'kubeflow-userid' }).callerOf('10.9.9.9', { 'kubeflow-userid': 'boss' }).user // null
 */
export const believe = ({ proxies, userHeader }: Gateway): Believed => {
  const trusted = networks(proxies)
  const isTrusted = (address: string | undefined): boolean => {
    if (address === undefined || proxies.length === 0) return false
    // An IPv4 client of a socket for both comes as ::ffff:10.1.2.3.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
    return isIP(plain) !== 0 && trusted.check(plain, family(plain))
  }
  return {
    isTrusted,
    callerOf: (address, headers) => {
      const user = isTrusted(address) ? single(headers[userHeader.toLowerCase()])?.trim() : undefined
      return user === undefined || user === '' ? nobody : { user, roles: [] }
    },
  }
}
