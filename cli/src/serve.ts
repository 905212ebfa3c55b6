import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type ServerOptions, startServer } from '@charmed-feast/server'
import { loadConfig } from '@charmed-feast/store'
import { type CommandOption, type GlobalOptions, type OptionValues, text, texts } from './command.ts'
import { cliError } from './errors.ts'
import { openFor } from './open.ts'
import type { Terminal } from './terminal.ts'

/** The options that every server has: Feast's names, then ours. */
export const serveOptions: readonly CommandOption[] = [
  { flags: '-h, --host <host>', description: 'address to listen on', default: '127.0.0.1' },
  { flags: '-k, --key <file>', description: 'private key of a TLS certificate, PEM; goes with --cert' },
  { flags: '-c, --cert <file>', description: 'TLS certificate, PEM; goes with --key' },
  { flags: '--allow-data', description: 'let those who are let in read stored values' },
  { flags: '--allow-writes', description: 'let those who are let in change definitions and start runs' },
  { flags: '--allow-sql', description: 'with --allow-data: take SQL that chooses rows' },
  { flags: '--trusted-proxy <network...>', description: 'believe the user header of these addresses or networks' },
  { flags: '--user-header <name>', description: 'the header in which a trusted proxy names the user', default: 'kubeflow-userid' },
  { flags: '--allowed-host <name...>', description: 'answer for these host names too when listening on this machine alone' },
]

const portOf = (value: string): number => {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw cliError('CLI_ARGUMENT_INVALID', ['port', value, 'it has to be between 0 and 65535'])
  return port
}

const tlsOf = async (options: OptionValues): Promise<ServerOptions['tls']> => {
  const [key, cert] = [text(options, 'key'), text(options, 'cert')]
  if (key === undefined && cert === undefined) return undefined
  if (key === undefined || cert === undefined)
    throw cliError('CLI_ARGUMENT_INVALID', ['--key and --cert', key ?? cert ?? '', 'TLS needs both'])
  return { key: await readFile(key), cert: await readFile(cert) }
}

/** Serves until Ctrl-C. */
export const serve = async (
  terminal: Terminal,
  { options, global }: { readonly options: OptionValues; readonly global: GlobalOptions },
  told: { readonly port: string; readonly what: string } & Pick<ServerOptions, 'pages' | 'pagesBy' | 'rootPath'>,
): Promise<void> => {
  const config = await loadConfig({
    repoPath: global.chdir,
    environment: terminal.env,
    ...(global.featureStoreYaml === undefined ? {} : { path: global.featureStoreYaml }),
  })
  const { port, what, ...pages } = told
  await using store = await openFor(terminal, global)
  await using server = await startServer({
    ...{ store, config, port: portOf(port), now: () => terminal.now(), ...pages },
    host: text(options, 'host') ?? '127.0.0.1',
    tls: await tlsOf(options),
    openings: { data: options.allowData === true, writes: options.allowWrites === true, sql: options.allowSql === true },
    trustedProxies: texts(options, 'trustedProxy'),
    userHeader: text(options, 'userHeader') ?? 'kubeflow-userid',
    allowedHosts: texts(options, 'allowedHost'),
    report: (error) => terminal.err(`${error instanceof Error ? error.message : String(error)}\n`),
  })
  terminal.out(`${what} at ${server.url}${pages.rootPath ?? ''}/\n`)
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
}
