import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** What every call of Go has the same: pure Go, exactly what `go.sum` says, nothing of the machine's own settings. */
export const goSettings = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly -modcacherw', GOWORK: 'off' }

/** A call of Go. */
export interface GoCall {
  readonly args: readonly string[]
  /** What it is for, in messages. */
  readonly title: string
  /** The folder of the module. */
  readonly module: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Runs Go in the folder of a module and gives what it prints.
 *
 * @throws Error without a Go compiler, or when it fails, with what it wrote
 *
 * @example
 * await runGo({ args: ['env', 'GOVERSION'], title: 'Pebble 1.32.1', module: 'tools/pebble', env: process.env }) // 'go1.26.8\n'
 */
export const runGo = async ({ args, title, module, env }: GoCall): Promise<string> => {
  try {
    const { stdout } = await promisify(execFile)('go', [...args], { cwd: module, env: { ...env, ...goSettings }, maxBuffer: 2 ** 26 })
    return stdout
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const why = absent ? 'there is no "go" on the PATH; test:real needs Go 1.26.5 or later' : cause instanceof Error ? cause.message : ''
    throw new Error(`cannot make ${title}: ${why}`, { cause })
  }
}
