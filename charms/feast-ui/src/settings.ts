import { isIP } from 'node:net'
import type { ConfigOf } from '@charmed-feast/charm'

import type { Metadata } from './metadata.ts'

/** The charm's options, checked: what the UI opens beyond reading the registry. */
export interface Settings {
  readonly allowData: boolean
  readonly allowWrites: boolean
  /** Addresses or networks of the gateway. */
  readonly trustedProxies: readonly string[]
}

/** Settings, or what is wrong with the options: one sentence for each. */
export type ParsedSettings =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

const isNetwork = (text: string): boolean => {
  const [address = '', bits = '0', ...more] = text.split('/')
  const version = isIP(address)
  return version !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32)
}

/**
 * Checks the charm's options.
 *
 * @example
 * parseSettings(await hook.config())   // { kind: 'settings', settings: { allowData: false, allowWrites: false, trustedProxies: [] } }
 */
export const parseSettings = (config: ConfigOf<Metadata>): ParsedSettings => {
  const trustedProxies = config['trusted-proxies']
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const problems = trustedProxies
    .filter((each) => !isNetwork(each))
    .map((each) => `option "trusted-proxies" has "${each}"; allowed: addresses and networks such as 10.1.0.0/16, separated by commas`)
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'settings', settings: { allowData: config['allow-data'], allowWrites: config['allow-writes'], trustedProxies } }
}

/**
 * The words after `feast ui` that open what the settings open; Feast's own image knows none of them.
 *
 * @example
 * openingFlags({ allowData: true, allowWrites: false, trustedProxies: ['10.1.0.0/16'] })   // '--allow-data --trusted-proxy 10.1.0.0/16'
 */
export const openingFlags = ({ allowData, allowWrites, trustedProxies }: Settings): string =>
  [
    ...(allowData ? ['--allow-data'] : []),
    ...(allowWrites ? ['--allow-writes'] : []),
    ...(trustedProxies.length > 0 ? ['--trusted-proxy', ...trustedProxies] : []),
  ].join(' ')
