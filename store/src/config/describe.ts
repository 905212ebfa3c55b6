import { stringify } from 'yaml'
import type { StoreConfig } from './store-config.ts'

/** How {@link describeConfig} shows a configuration. */
export interface DescribeConfigOptions {
  readonly showSecrets?: boolean
}

const mask = '********'
const secretKey = /pass(?:word|phrase|wd)?$|secret|(?:^|_)token$|api_?key|private_key|access_key|credential/i
/** `scheme://user:password@`, up to the last @ before a blank: an @ in the password may not be encoded. */
const urlPassword = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):\S*@/gi
/** `password=…` in a query, a Redis connection string, or a libpq one. */
const namedPassword = /\b((?:password|passwd|pwd|secret|token)\s*=\s*)(?:'[^']*'|[^\s,;&]*)/gi

/**
 * Writes a configuration as YAML, by Feast's names and as it was written, with variables put in. Passwords, tokens and keys are masked,
 * those inside of URLs too, unless `showSecrets`; then Python's Feast reads the text as the same configuration.
 *
 * @example
 * describeConfig(config) // 'project: demo\nregistry:\n  registry_type: sql\n  path: postgresql://feast:********@db:5432/feast\n…'
 */
export const describeConfig = (config: StoreConfig, { showSecrets = false }: DescribeConfigOptions = {}): string =>
  stringify(showSecrets ? config.written : masked(config.written), { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 })

const masked = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replace(urlPassword, `$1:${mask}@`).replace(namedPassword, `$1${mask}`)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, secretKey.test(key) && item !== null ? mask : masked(item)]))
}
