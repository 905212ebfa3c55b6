import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Workplace, workplace, writeDrivers } from './repository.ts'

const run = promisify(execFile)

let at: Workplace
let repo: string
beforeAll(async () => {
  at = await workplace()
  repo = join(at.folder, 'rides')
  await at.feast(['init', 'rides'])
  await writeDrivers(join(repo, 'data', 'driver_stats.parquet'))
  await writeFile(
    join(repo, 'more.ts'),
    `import { entity, featureService, featureView, field, fileSource, float32, int64, listOf, onDemandFeatureView, pushSource, requestSource, setOf, string, struct, float64 } from '@charmed-feast/store'
import { stats } from './features.ts'
const delivery = entity({ name: 'delivery', joinKey: 'class', valueType: string, description: 'a "quoted"\\nword', tags: { a: 'b' } })
const source = fileSource({ name: 'class', path: 'data/driver_stats.parquet', timestampField: 'event_timestamp', fieldMapping: { acc_rate: 'accepted' } })
export const odd = featureView({
  name: 'int64',
  entities: [delivery],
  schema: { 'a feature': field(float32, { description: 'x', tags: { t: 'u' } }), names: listOf(string), tags: setOf(int64), where: struct({ street: string }) },
  source: pushSource({ name: 'pushed', batchSource: source }),
  online: false,
})
const ride = requestSource({ name: 'ride', schema: { km: float64 } })
export const fare = onDemandFeatureView({ name: 'fare', sources: [stats, ride], schema: { fare: float64 }, transform: ({ km }) => ({ fare: km }) })
export const both = featureService({ name: 'both', features: [stats.withName('origin').withJoinKeyMap({ driver_id: 'origin_id' }).features.conv_rate, odd, fare] })
`,
  )
  expect(await at.feast(['apply', '--skip-source-validation'], { cwd: repo })).toMatchObject({ code: 0, err: '' })
})
afterAll(() => at[Symbol.asyncDispose]())

test('a generated module compiles, types what it names, and defines the same again', async () => {
  const folder = join(repo, 'generated')
  await mkdir(folder)
  expect(await at.feast(['generate', '-o', 'generated/definitions.ts'], { cwd: repo })).toEqual({ code: 0, out: '', err: '' })
  const text = await readFile(join(folder, 'definitions.ts'), 'utf8')
  expect(text).toContain('export const driverHourlyStats')
  await writeFile(
    join(folder, 'use.ts'),
    `import { openStore } from '@charmed-feast/store'
import * as definitions from './definitions.ts'
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const ok = <T extends true>(): T | undefined => undefined
export const use = async () => {
  const store = await openStore({ repository: definitions })
  const { rows } = await store.getOnlineFeatures({ features: definitions.both, entityRows: [{ origin_id: 1n, driver_id: 2n, class: 'x', km: 1 }] })
  ok<Equal<(typeof rows)[0]['conv_rate'], number | null>>()
  ok<Equal<(typeof rows)[0]['fare'], number | null>>()
  ok<Equal<(typeof rows)[0]['tags'], ReadonlySet<bigint> | null>>()
  // @ts-expect-error a join key is missing
  await store.getOnlineFeatures({ features: definitions.both, entityRows: [{ origin_id: 1n, class: 'x', km: 1 }] })
}
`,
  )
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../../../tsconfig.base.json', compilerOptions: { noEmit: true }, include: ['*.ts'] }),
  )
  await run(process.execPath, [join(import.meta.dirname, '../../node_modules/typescript/bin/tsc'), '-p', folder])
  // Applied in place of what it was written from, nothing changes: but for the code, which only the first module has.
  const { fare: _, both: __, ...same } = await import(join(folder, 'definitions.ts'))
  await rm(folder, { recursive: true })
  const planned = await at.feast(['plan', '--partial', '--json', '--skip-source-validation'], { cwd: repo })
  expect(JSON.parse(planned.out).differences).toEqual([])
  const { openStore } = await import('@charmed-feast/store')
  await using store = await openStore({ folder: repo, env: {}, live: false })
  expect((await store.plan(Object.values(same), { skipSourceValidation: true })).differences).toEqual([])
})
