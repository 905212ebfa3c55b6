// `npm run golden [-- --dir DIR]`: holds the hook tools and the charms against recordings, and counts. DIR is a folder of recordings of the
// real hook tools (it has a worlds.json), of one charm (named like it), or of folders of these; without it the ones in the tree.

import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import {
  type DefectAssertion,
  type Deviation,
  formatGoldenCharmReport,
  formatGoldenReport,
  inProcess,
  runGolden,
  runGoldenJuju,
  type ScenarioCharm,
} from '@charmed-feast/charm/testing'

/** A charm with the rules of where it differs from the recorded one. */
interface Judged {
  readonly charm: ScenarioCharm
  readonly deviations: readonly Deviation[]
  readonly defects: readonly DefectAssertion[]
}

const root = resolve(import.meta.dirname, '..')

/** Loaded when recordings of it are there. */
const charms: Readonly<Record<string, () => Promise<Judged>>> = {
  'feast-integrator': async () => {
    const [{ charm }, { deviations }, { defects }] = await Promise.all([
      import('../charms/feast-integrator/src/charm.ts'),
      import('../charms/feast-integrator/test/deviations.ts'),
      import('../charms/feast-integrator/test/defects.ts'),
    ])
    return { charm: inProcess(charm), deviations, defects }
  },
  'feast-ui': async () => {
    const [{ charm }, { deviations }, { defects }] = await Promise.all([
      import('../charms/feast-ui/src/charm.ts'),
      import('../charms/feast-ui/test/deviations.ts'),
      import('../charms/feast-ui/test/defects.ts'),
    ])
    return { charm: inProcess(charm), deviations, defects }
  },
  'resource-dispatcher': async () => {
    const [{ charm }, { deviations }, { defects }] = await Promise.all([
      import('../charms/resource-dispatcher/src/charm.ts'),
      import('../charms/resource-dispatcher/test/deviations.ts'),
      import('../charms/resource-dispatcher/test/defects.ts'),
    ])
    return { charm: inProcess(charm), deviations, defects }
  },
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Runs a folder of recordings of whatever kind; gives how many failed. */
const runFolder = async (folder: string, name = basename(folder)): Promise<number> => {
  if (existsSync(join(folder, 'worlds.json'))) {
    const report = runGoldenJuju(folder)
    say(formatGoldenReport(report))
    return report.failed.length
  }
  const load = charms[name]
  if (load !== undefined) {
    const report = await runGolden({ directory: folder, ...(await load()) })
    say(formatGoldenCharmReport(name, report))
    return report.failing
  }
  let failed = 0
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) failed += await runFolder(join(folder, entry.name))
  return failed
}

const at = process.argv.indexOf('--dir')
const folder = at < 0 ? undefined : process.argv[at + 1]
let failed = 0
if (folder !== undefined) failed = await runFolder(resolve(folder))
else {
  failed += await runFolder(join(root, 'charm/test/testing/golden/juju'))
  for (const name of Object.keys(charms)) failed += await runFolder(join(root, 'charms', name, 'test/golden'), name)
}
process.exitCode = failed === 0 ? 0 : 1
