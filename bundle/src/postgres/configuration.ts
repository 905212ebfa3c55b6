import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleError } from '../errors.ts'
import { writingInto } from './folder.ts'
import type { Layout } from './layout.ts'

/** PostgreSQL's own settings by name; text is quoted as it must be. */
export type Settings = Readonly<Record<string, string | number | boolean>>

const ours = ['port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'hba_file', 'config_file']

/**
 * For one person's laptop: durable (fsync and full_page_writes keep their `on`), UTC, and no translation of messages, which are
 * read by {@link startFailure}. JIT costs more than it brings on the short statements of a feature store.
 */
const defaults: Settings = {
  max_connections: 100,
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '10min',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  jit: false,
}

const settingLine = (name: string, value: string | number | boolean): string => {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name))
    throw bundleError('BUNDLE_SETTING_INVALID', [name, 'it is no name of a setting'])
  if (ours.includes(name)) throw bundleError('BUNDLE_SETTING_INVALID', [name, 'it is set by the start itself'])
  if (/[\0\r\n]/.test(String(value))) throw bundleError('BUNDLE_SETTING_INVALID', [name, 'its value has more than one line'])
  return `${name} = ${quote(String(value))}`
}

/** A value of `postgresql.conf`: in single quotes, where a quote is doubled and a backslash escapes. */
export const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** The element of a list such as `unix_socket_directories`, where a comma or a space would end it. */
const quoteElement = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** Loopback and the socket, and on both a password: nobody is trusted. */
const accessRules = (tls: string): string => `# Written at every start. Everybody shows a password, on the socket too.
include_if_exists ${quoteElement(join(tls, 'access.conf'))}
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
`

/**
 * Writes `postgresql.conf` and `pg_hba.conf` beside the data folder, where the server's account reads and cannot write.
 *
 * @throws BUNDLE_SETTING_INVALID
 */
export const writeConfiguration = async (layout: Layout, host: string, port: number, settings: Settings): Promise<void> => {
  const text = [
    '# Written at every start: change settings where PostgreSQL is started.',
    `listen_addresses = ${quote(host)}`,
    `port = ${port}`,
    `unix_socket_directories = ${quote(quoteElement(layout.sockets))}`,
    'unix_socket_permissions = 0700',
    `hba_file = ${quote(layout.access)}`,
    ...Object.entries({ ...defaults, ...settings }).map(([name, value]) => settingLine(name, value)),
    `include_if_exists ${quote(join(layout.tls, 'settings.conf'))}`,
    '',
  ].join('\n')
  await writingInto(layout.home, async () => {
    for (const [path, content] of [[layout.configuration, text] as const, [layout.access, accessRules(layout.tls)] as const]) {
      await writeFile(path, content)
      await chmod(path, 0o644)
    }
  })
}
