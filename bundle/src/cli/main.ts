import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ClusterKey } from '../cluster/model-cluster.ts'
import { sendCommand } from '../control/client.ts'
import { commands } from '../control/command.ts'
import { BundleError, bundleError } from '../errors.ts'
import { connectKubernetes } from '../kubernetes/connection.ts'
import { readKubeconfig } from '../kubernetes/kubeconfig.ts'
import { readState } from '../model/state-file.ts'
import { runNotebook } from '../notebook/run-notebook.ts'
import { formatStatus } from '../status.ts'
import { tellFailure } from './failure.ts'
import { followSignals } from './interruption.ts'
import { serveBundle } from './serve.ts'
import { modelFile } from './up.ts'

const line = (usage: string, summary: string): string => `charmed-feast ${usage}\n    ${summary}\n`

const usage = [
  line(
    'up [--exit] [--ephemeral] [--state FOLDER]',
    'deploys Charmed Feast on this machine; Ctrl-C stops it, --exit ends it once it has settled: with 0 when all is active',
  ),
  line(
    'up --kubernetes KUBECONFIG [--model NAME]',
    'the same, with its objects in a real cluster: in a namespace of its own (kubeflow), and in those of users; down takes them out again',
  ),
  line('notebook [-n NAMESPACE] -- COMMAND', 'runs a command as a pod with "Allow access to Feast" would see it'),
  ...Object.values(commands).map((command) => line(command.usage, command.summary)),
].join('')

const say = (text: string): void => {
  if (text !== '') process.stdout.write(`${text}\n`)
}

interface UpValues {
  readonly exit: boolean
  readonly ephemeral: boolean
  readonly kubernetes?: string | undefined
  readonly model?: string | undefined
}

const up = (folder: string, { exit, ephemeral, kubernetes, model }: UpValues): Promise<number> => {
  // What is made in here is its owner's alone.
  process.umask(0o077)
  return serveBundle({
    ...{ folder, say, once: exit, ephemeral, stopping: followSignals() },
    ...(kubernetes === undefined ? {} : { kubeconfig: resolve(kubernetes) }),
    ...(model === undefined ? {} : { name: model }),
  })
}

/** Runs a command as a notebook of a namespace would; its exit code is ours. */
const notebook = async (folder: string, namespace: string, command: readonly string[]): Promise<number> => {
  if (command.length === 0)
    throw bundleError('BUNDLE_COMMAND_INVALID', ['notebook', 'it is used so: charmed-feast notebook -n NAMESPACE -- COMMAND'])
  // Printed by the command itself, in the other process.
  const key = JSON.parse(await sendCommand(folder, ['access'])) as ClusterKey
  using connection = connectKubernetes('kubeconfig' in key ? await readKubeconfig(key.kubeconfig) : key)
  return await runNotebook({
    namespace,
    command,
    connection,
    folder: join(folder, 'notebooks'),
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  })
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
      kubernetes: { type: 'string' },
      model: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
      namespace: { type: 'string', short: 'n', default: 'alice' },
    },
    allowPositionals: true,
  })
  const [command = ''] = positionals
  // Charms run in folders of their own.
  const state = resolve(values.state)
  if (command === 'up' && !values.help) return up(state, values)
  if (command === 'notebook' && !values.help) return notebook(state, values.namespace, positionals.slice(1))
  if (values.help) say(usage.trimEnd())
  else if (command === 'status') await status(state)
  else if (Object.hasOwn(commands, command)) say(await sendCommand(state, positionals))
  else {
    process.stderr.write(usage)
    return 2
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = tellFailure(error, (text) => process.stderr.write(text))
}
