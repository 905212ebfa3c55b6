import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { type CheckRecord, runChecks } from './check/check.ts'
import { type Example, feastChecks } from './check/feast-checks.ts'
import { runInNotebook } from './check/notebook-example.ts'
import { tellFailure } from './cli/failure.ts'
import { followSignals } from './cli/interruption.ts'
import { serveBundle } from './cli/serve.ts'
import type { Deployed } from './cli/up.ts'
import { addNamespace } from './control/namespace.ts'
import { buildPages } from './pages.ts'
import { formatRows } from './table.ts'

// `npm start`: the whole of Charmed Feast on this machine, with the example in a user's notebook, each of it seen. Ctrl-C stops it.

const namespace = 'alice'

const readOptions = () =>
  parseArgs({
    options: {
      exit: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      state: { type: 'string', default: '.state' },
      ephemeral: { type: 'boolean', default: false },
    },
  }).values

type Options = ReturnType<typeof readOptions>
type Say = (text: string) => void

const tellRecord =
  (say: Say, { json }: Options) =>
  (record: CheckRecord): void => {
    if (json) process.stdout.write(`${JSON.stringify(record)}\n`)
    else say(`  ${record.ok ? 'ok  ' : 'FAIL'} ${record.check}: ${record.detail}`)
  }

const hints = (firstUrl: string, folder: string): string => `
What to try, in another terminal (bin is "node --conditions=source bundle/src/cli/main.ts"):
  ${firstUrl}
      the dashboard and the UI in it, in a browser: the address holds the key
  bin status                                   what is deployed, as juju status prints it
  bin notebook -n ${namespace} -- feast feature-views list
  bin rotate-password online-store             everybody gets the new one within seconds
  bin add-unit feast-ui                        a second unit, at an address of its own
  bin logs feast-ui/0                          what charm and service said
Its state is in ${folder}; Ctrl-C or "bin down" stops it.`

const showExample = ({ training, vectors, checksum }: Example, say: Say): void => {
  say(`\nTraining set of service "pricing", as it was at each event time:\n${formatRows(training)}`)
  say(`\nOnline vectors of the same service, as they are now:\n${formatRows(vectors)}`)
  say(`\nChecksum ${checksum}`)
}

/** Runs the example in a notebook, and looks at everything. Gives whether all of it holds. */
const see = async (
  { folder, kubernetes, gateway: { firstUrl } }: Deployed,
  options: Options,
  { say, signal }: Surroundings,
): Promise<boolean> => {
  await addNamespace(kubernetes, namespace)
  const main = fileURLToPath(new URL('driver-stats/main.ts', import.meta.url))
  let running: Promise<Example> | undefined
  const example = (): Promise<Example> => {
    running ??= runInNotebook(main, { folder, namespace, connection: kubernetes, log: say, signal })
    return running
  }
  say('')
  const checks = feastChecks({ folder, kubernetes, namespace, firstUrl, example })
  const records = await runChecks(checks, { tell: tellRecord(say, options), signal })
  const isWell = records.every(({ ok }) => ok)
  if (isWell && !options.json) showExample(await example(), say)
  if (!options.exit) say(hints(firstUrl, folder))
  return isWell
}

interface Surroundings {
  readonly say: Say
  readonly signal: AbortSignal
}

const start = async (): Promise<number> => {
  const options = readOptions()
  const { exit, json, state, ephemeral } = options
  const notes = json ? process.stderr : process.stdout
  const say = (text: string): void => void notes.write(`${text}\n`)
  const stopping = followSignals()
  const { signal } = stopping
  // What is made in here is its owner's alone.
  process.umask(0o077)
  await buildPages(say, signal)
  return serveBundle({
    // Charms run in folders of their own.
    ...{ folder: resolve(state), say, once: exit, ephemeral, stopping },
    onSettled: (deployed) => see(deployed, options, { say, signal }),
  })
}

try {
  process.exitCode = await start()
} catch (error) {
  process.exitCode = tellFailure(error, (text) => process.stderr.write(text))
}
