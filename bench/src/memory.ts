import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { numberOf } from './feast-side.ts'
import type { Figure } from './figure.ts'
import { driver, loads, prepareEvents, viewNamed } from './materialization.ts'
import { type Run, startFeast } from './section.ts'
import { workspace } from './workspace.ts'

// The most memory that a process ever had which did nothing but materialize: VmHWM, so that what its parent had does not count.

const run = promisify(execFile)

const ours = async (config: Readonly<Record<string, unknown>>, view: string): Promise<number> => {
  const [, { start, end }] = loads
  const words = ['--conditions=source', join(import.meta.dirname, 'materialize-once.ts'), JSON.stringify(config), view, start, end]
  const { stdout } = await run(process.execPath, words)
  return Number(stdout)
}

/** Measures the memory of a materialization. */
export async function* memory(told: Run): AsyncGenerator<Figure> {
  const [rows, keys] = told.quick ? [20_000, 2000] : [1_000_000, 100_000]
  await using space = await workspace()
  await prepareEvents(space, { rows, keys })
  await space.store.apply([driver, viewNamed('ours'), viewNamed('theirs')])
  await using feast = startFeast(told, space)
  const mine = await ours(space.config, 'ours')
  const [, { start, end }] = loads
  const theirs = await feast?.step('materialize', { start, end, views: ['theirs'] })
  yield {
    section: 'memory',
    case: `materialize, ${rows} rows to ${keys} keys x 5`,
    ours: mine,
    feast: theirs === undefined ? undefined : numberOf(theirs, 'megabytes'),
    unit: 'MB',
  }
}
