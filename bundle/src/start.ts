import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { type CheckRecord, runChecks } from './check/check.ts'
import { feastChecks } from './check/feast-checks.ts'
import { runInNotebook } from './check/notebook-example.ts'
import { serveBundle } from './cli/serve.ts'
import { addNamespace } from './control/namespace.ts'
import { buildPages } from './pages.ts'
import { formatRows } from './table.ts'

// `npm start`: the whole of Charmed Feast on this machine, with the example in a user's notebook, each of it seen. Ctrl-C stops it.

const { values } = parseArgs({
  options: {
    exit: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    state: { type: 'string', default: '.state' },
    ephemeral: { type: 'boolean', default: false },
  },
})
const { exit, json, ephemeral } = values
// Charms run in folders of their own.
const folder = resolve(values.state)
const namespace = 'alice'
const notes = json ? process.stderr : process.stdout

const say = (text: string): void => {
  notes.write(`${text}\n`)
}

const tell = (record: CheckRecord): void => {
  if (json) process.stdout.write(`${JSON.stringify(record)}\n`)
  else say(`  ${record.ok ? 'ok  ' : 'FAIL'} ${record.check}: ${record.detail}`)
}

const hints = (firstUrl: string): string => `
What to try, in another terminal (bin is "node --conditions=source bundle/src/cli/main.ts"):
  ${firstUrl}
      the dashboard and the UI in it, in a browser: the address holds the key
  bin status                                   what is deployed, as juju status prints it
  bin notebook -n ${namespace} -- feast feature-views list
  bin rotate-password online-store             everybody gets the new one within seconds
  bin add-unit feast-ui                        a second unit, at an address of its own
  bin logs feast-ui/0                          what charm and service said
Its state is in ${folder}; Ctrl-C or "bin down" stops it.`

process.umask(0o077)
await buildPages(say)
await serveBundle({
  ...{ folder, say, once: exit, ephemeral },
  onSettled: async ({ kubernetes, gateway: { firstUrl } }) => {
    await addNamespace(kubernetes, namespace)
    const main = fileURLToPath(new URL('driver-stats/main.ts', import.meta.url))
    let running: ReturnType<typeof runInNotebook> | undefined
    const example = (): ReturnType<typeof runInNotebook> => {
      running ??= runInNotebook(main, { folder, namespace, connection: kubernetes, log: say })
      return running
    }
    say('')
    const records = await runChecks(feastChecks({ folder, kubernetes, namespace, firstUrl, example }), { tell })
    if (records.some(({ ok }) => !ok)) process.exitCode = 1
    else if (!json) {
      const { training, vectors, checksum } = await example()
      say(`\nTraining set of service "pricing", as it was at each event time:\n${formatRows(training)}`)
      say(`\nOnline vectors of the same service, as they are now:\n${formatRows(vectors)}`)
      say(`\nChecksum ${checksum}`)
    }
    if (!exit) say(hints(firstUrl))
  },
})
