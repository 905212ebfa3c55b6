import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { buildPrograms } from '../../../tools/build.ts'
import { createPebbleClient, findSystemInfo } from '../../src/pebble/index.ts'
import type { TestedPebble } from '../pebble/conformance.ts'

/** A real Pebble of one test, in a folder of its own. */
export interface PebbleDaemon extends TestedPebble {
  readonly stop: () => Promise<void>
}

/** What a daemon starts with. */
export interface PebbleDaemonOptions {
  /** Layers that the image brings: label to YAML. */
  readonly layers?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Starts a real Pebble and waits until it answers.
 *
 * @example
 * await using pebble = await startPebble()
 * await getSystemInfo(pebble.client)
 */
export const startPebble = async ({ layers = {}, env = {} }: PebbleDaemonOptions = {}): Promise<PebbleDaemon> => {
  const { pebble: binary } = await buildPrograms(['pebble'], { env: process.env })
  // Short: the path of a Unix socket has 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'peb-'))
  const home = join(folder, 'p')
  await mkdir(join(home, 'layers'), { recursive: true })
  for (const [index, [label, yaml]] of Object.entries(layers).entries()) {
    await writeFile(join(home, 'layers', `${String(index + 1).padStart(3, '0')}-${label}.yaml`), yaml)
  }
  const client = createPebbleClient(join(home, '.pebble.socket'))
  let child: ChildProcess | null = null

  const start = async (): Promise<void> => {
    child = spawn(binary, ['run', '--create-dirs', '--hold'], { env: { PATH: process.env.PATH, PEBBLE: home, ...env }, stdio: 'ignore' })
    while ((await findSystemInfo(client)) === null) {
      if (child.exitCode !== null) throw new Error(`cannot start Pebble: exit code ${child.exitCode}`)
      await setTimeout(10)
    }
  }

  const stop = async (): Promise<void> => {
    if (child === null || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  await start()
  return {
    client,
    folder,
    stop,
    restart: async () => {
      await stop()
      await start()
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
