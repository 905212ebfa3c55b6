import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../../..')
const [views, features, listed] = [200, 10, 250]

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)
const definitions = `import { entity, featureService, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const source = postgresSource({ table: 't', timestampField: 'at' })
${range(views)
  .map(
    (view) =>
      `export const view${view} = featureView({ name: 'view${view}', entities: [driver], source, schema: { ${range(features)
        .map((feature) => `v${view}_f${feature}: float64`)
        .join(', ')} } })`,
  )
  .join('\n')}
export const service = featureService({ name: 'service', features: [${range(listed)
  .map((at) => `view${at % views}.features.v${at % views}_f${Math.floor(at / views)}`)
  .join(', ')}] })
`
const calls = `import { openStore } from '@charmed-feast/store'
import * as definitions from './definitions.ts'
export const use = async () => {
  const store = await openStore({ repository: definitions })
  const entityRows = [{ driver_id: 1n }]
  const { rows: [first] } = await store.getOnlineFeatures({ features: definitions.service, entityRows: [{ driver_id: 1n }] })
  const ofService: number | null = first.v7_f0
  const text = await store.getOnlineFeatures({ features: ['view3:v3_f2', 'view4:v4_f1'], entityRows })
  const ofText: number | null | undefined = text.rows[0]?.v4_f1
  const set = await store.getHistoricalFeatures({ features: [definitions.view1.features.v1_f1], entityRows: [{ driver_id: 1n, event_timestamp: new Date() }] })
  // @ts-expect-error there is no such feature
  await store.getOnlineFeatures({ features: ['view3:v3_f99'], entityRows })
  // @ts-expect-error the service has no such feature
  first.v199_f9
  return [ofService, ofText, set]
}
`

/**
 * What TypeScript has to work out, which does not depend on the machine or its load. Measured 2026-11: 363 thousand, 0.2 s more than the
 * definitions alone; the sketch of the types that this grew from took 1.4 s for the first call.
 */
const mostInstantiations = 450_000

test(`a repository of ${views} views and a service of ${listed} features stay cheap to compile`, async () => {
  const folder = await mkdtemp(join(import.meta.dirname, '.work-'))
  try {
    const compilerOptions = { noEmit: true, noUnusedLocals: false }
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files: ['calls.ts'] }
    await writeFile(join(folder, 'definitions.ts'), definitions)
    await writeFile(join(folder, 'calls.ts'), calls)
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'])
    const counted = Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1])
    process.stdout.write(`compiling ${views} views: ${counted} instantiations,${/Check time:(.*)/.exec(stdout)?.[1]}\n`)
    expect(counted).toBeGreaterThan(100_000)
    expect(counted).toBeLessThan(mostInstantiations)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 120_000)
