import { parseArgs } from 'node:util'

import { BundleError } from '../errors.ts'
import { readState } from '../model/state-file.ts'
import { formatStatus } from '../status.ts'
import { bringUp, modelFile } from './up.ts'

const usage = `charmed-feast up [--exit] [--state FOLDER]    deploys Charmed Feast on this machine; Ctrl-C stops it, --exit once it has settled
charmed-feast status [--state FOLDER]         what is deployed, as juju status prints it
`

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const up = async (folder: string, exitWhenDone: boolean): Promise<void> => {
  await using deployed = await bringUp({ folder, say })
  say(`\n${formatStatus(deployed.model.state)}`)
  if (exitWhenDone) return
  const stop = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.resolve())
  await Promise.race([stop.promise, deployed.postgres.exited])
}

const status = (folder: string): void => {
  const state = readState(modelFile(folder))
  say(state === undefined ? `nothing is deployed in "${folder}"; charmed-feast up does` : formatStatus(state).trimEnd())
}

const main = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { state: { type: 'string', default: '.state' }, exit: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [command] = positionals
  if (command === 'up') await up(values.state, values.exit)
  else if (command === 'status') status(values.state)
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
