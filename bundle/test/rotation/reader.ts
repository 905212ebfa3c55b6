import { setTimeout as wait } from 'node:timers/promises'
import * as features from '@charmed-feast/example-driver-stats/features'
import { openStore } from '@charmed-feast/store'

import { trainingRows } from '../../src/driver-stats/run.ts'

// A notebook that reads features all along, and writes down each try: `kept` has one store open, `fresh` opens one for each read. Who fails tries again.

type Opened = Awaited<ReturnType<typeof open>>

const open = () => openStore({ folder: process.cwd(), env: process.env, repository: features })

const online = async (store: Opened): Promise<number> => {
  const { rows } = await store.getOnlineFeatures({ features: features.activity, entityRows: [{ driver_id: 1001n }] })
  return rows.filter(({ conv_rate }) => conv_rate !== null).length
}

const history = async (store: Opened): Promise<number> => {
  let rows = 0
  for await (const _ of await store.getHistoricalFeatures({ features: features.pricing, entityRows: trainingRows(new Date()) })) rows += 1
  return rows
}

const registry = async (store: Opened): Promise<number> => {
  await store.refreshRegistry()
  return (await store.list('feature-view')).length
}

const reads = { online, history, registry } as const

const freshly = async (read: (store: Opened) => Promise<number>): Promise<number> => {
  await using store = await open()
  return await read(store)
}

const note = async (what: string, read: () => Promise<number>): Promise<void> => {
  const begun = Date.now()
  try {
    const rows = await read()
    process.stdout.write(`${JSON.stringify({ what, begun, ended: Date.now(), rows })}\n`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    process.stdout.write(`${JSON.stringify({ what, begun, ended: Date.now(), rows: 0, code })}\n`)
  }
}

await using kept = await open()
for (;;) {
  for (const [name, read] of Object.entries(reads)) {
    await note(`kept ${name}`, () => read(kept))
    await note(`fresh ${name}`, () => freshly(read))
  }
  // The machine is for those who bring the new password.
  await wait(150)
}
