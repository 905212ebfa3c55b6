import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { sendCommand } from '../control/client.ts'
import { commands } from '../control/command.ts'
import { BundleError } from '../errors.ts'
import { readState } from '../model/state-file.ts'
import { formatStatus } from '../status.ts'
import { serveBundle } from './serve.ts'
import { modelFile } from './up.ts'

const line = (usage: string, summary: string): string => `charmed-feast ${usage}\n    ${summary}\n`

const usage = [
  line('up [--exit] [--ephemeral] [--state FOLDER]', 'deploys Charmed Feast on this machine; Ctrl-C stops it, --exit once it has settled'),
  ...Object.values(commands).map((command) => line(command.usage, command.summary)),
].join('')

const say = (text: string): void => {
  if (text !== '') process.stdout.write(`${text}\n`)
}

const up = async (folder: string, { exit, ephemeral }: { readonly exit: boolean; readonly ephemeral: boolean }): Promise<void> => {
  // What is made in here is its owner's alone.
  process.umask(0o077)
  const place = ephemeral ? await mkdtemp(join(tmpdir(), 'charmed-feast-')) : folder
  try {
    await serveBundle({ folder: place, say, once: exit, ephemeral })
  } finally {
    if (ephemeral) await rm(place, { recursive: true, force: true })
  }
}

/** Of a bundle that does not run, what it was when it stopped. */
const status = async (folder: string): Promise<void> => {
  try {
    say(await sendCommand(folder, ['status']))
  } catch (error) {
    if (!(error instanceof BundleError) || error.code !== 'BUNDLE_NOT_RUNNING') throw error
    const state = readState(modelFile(folder))
    say(state === undefined ? `nothing is deployed in "${folder}"; charmed-feast up does` : formatStatus(state).trimEnd())
  }
}

const main = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      state: { type: 'string', default: '.state' },
      exit: { type: 'boolean', default: false },
      ephemeral: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const [command = ''] = positionals
  if (command === 'up') await up(values.state, values)
  else if (command === 'status') await status(values.state)
  else if (Object.hasOwn(commands, command)) say(await sendCommand(values.state, positionals))
  else {
    process.stderr.write(usage)
    return 2
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BundleError) && !(error instanceof TypeError && 'code' in error)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error instanceof BundleError ? 1 : 2
}
