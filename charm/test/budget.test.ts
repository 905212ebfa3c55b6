import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Model } from '../src/testing/index.ts'
import { baseModel, runCharm } from './juju.ts'
import { consumers, databases, sixRelations } from './six-relations.ts'

const published = JSON.stringify(['feast_project', ['pw-1-long', 'pw-2-long', 'pw-3-long']])
const idOf = (number: number, kind: string): string => `${kind}sec0000000000000${number}g0`.slice(-20).padStart(20, '0')

const settled: Model = {
  ...baseModel,
  units: {
    ...baseModel.units,
    'feast-ui/0': { ...baseModel.units['feast-ui/0'], status: { status: 'active', message: '' } } as Model['units'][string],
  },
  applications: {
    ...baseModel.applications,
    'feast-ui': { ...baseModel.applications['feast-ui'], config: {} } as Model['applications'][string],
  },
  relations: [...databases, ...consumers].map((endpoint, index) => {
    const isDatabase = index < 3
    const remote = isDatabase ? `pg${index + 1}` : `reader${index + 1}`
    const secrets = { 'secret-user': `secret:${idOf(index + 1, 'user')}`, 'secret-tls': `secret:${idOf(index + 1, 'tlst')}` }
    return {
      id: index + 1,
      interface: 'x',
      ends: [
        { application: 'feast-ui', endpoint, role: 'requirer' as const },
        { application: remote, endpoint: 'other', role: 'provider' as const },
      ],
      life: 'alive' as const,
      suspended: false,
      units: ['feast-ui/0', `${remote}/0`],
      applicationData: {
        [remote]: isDatabase ? { endpoints: 'h:5432', ...secrets } : {},
        'feast-ui': isDatabase ? { database: endpoint } : { published },
      },
      unitData: { 'feast-ui/0': isDatabase ? { data: 'h:5432' } : {}, [`${remote}/0`]: {} },
    }
  }),
  secrets: [1, 2, 3].flatMap((number) =>
    ['user', 'tlst'].map((kind) => ({
      id: idOf(number, kind),
      owner: { kind: 'application' as const, name: `pg${number}` },
      label: '',
      description: '',
      rotate: '',
      expire: '',
      revisions: [{ revision: 1, content: { password: Buffer.from(`pw-${number}-long`).toString('base64') } }],
      grants: [{ target: 'application-feast-ui', scope: `relation-feast-ui.${databases[number - 1]}#pg${number}.other` }],
      consumers: {},
    })),
  ),
}

test('a hook with six settled relations takes at most forty calls of tools, writes nothing and says nothing', async () => {
  const { exit, writes, calls, log } = await runCharm(sixRelations, { model: settled })
  expect({ exit, writes: writes(), log: log() }).toEqual({ exit: 0, writes: [], log: [] })
  expect(calls.length).toBeLessThanOrEqual(40)
  expect(calls.filter(({ tool }) => tool === 'secret-get').length).toBe(6)
})

test('publishing on six relations costs one call more for each, and one log line', async () => {
  const fresh = settled.relations.map((relation) => ({ ...relation, applicationData: { ...relation.applicationData, 'feast-ui': {} } }))
  const { exit, calls, log } = await runCharm(sixRelations, { model: { ...settled, relations: fresh } })
  expect(exit).toBe(0)
  expect(calls.filter(({ tool }) => tool === 'relation-set').length).toBe(6)
  expect(calls.filter(({ tool }) => tool !== 'juju-log').length).toBeLessThanOrEqual(46)
  expect(log().length).toBe(1)
  expect(log().join()).not.toMatch(/pw-\d-long/)
})

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'budget-'))
  await mkdir(join(folder, 'bin'))
})

afterAll(() => rm(folder, { recursive: true }))

/** Runs the calls of a hook once in process, and gives each tool a program that answers the same. */
const writeTools = async (): Promise<void> => {
  const answers: Record<string, string> = {}
  const { calls, run } = await runCharm(sixRelations, { model: settled })
  for (const call of [...calls]) answers[[call.tool, ...call.args].join(' ')] = (await run(call)).stdout
  for (const tool of new Set(calls.map((call) => call.tool))) {
    const cases = Object.entries(answers).filter(([line]) => line.startsWith(`${tool} `))
    const script = cases.map(([line, answer]) => `"${line}") echo '${answer.trim()}';;`).join('\n')
    const path = join(folder, 'bin', tool)
    await writeFile(path, `#!/bin/sh\ncase "${tool} $*" in\n${script}\n*) echo "no answer to ${tool} $*" >&2; exit 1;;\nesac\n`)
    await chmod(path, 0o755)
  }
}

test('an idle hook costs the charm’s process at most 250 ms of processor and 100 MiB', async () => {
  await writeTools()
  const root = new URL('..', import.meta.url).pathname
  // As it ships: one file of JavaScript.
  const program = `
import { run } from '${root}src/index.ts'
import { sixRelations } from '${root}test/six-relations.ts'
await run(sixRelations)
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
process.stdout.write(JSON.stringify({ milliseconds: (userCPUTime + systemCPUTime) / 1000, mebibytes: maxRSS / 1024, exit: process.exitCode }))
`
  const outfile = join(folder, 'charm.mjs')
  await build({ stdin: { contents: program, resolveDir: root, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile })
  const env = {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    JUJU_DISPATCH_PATH: 'hooks/update-status',
    JUJU_UNIT_NAME: 'feast-ui/0',
    JUJU_MODEL_NAME: baseModel.name,
    JUJU_MODEL_UUID: baseModel.uuid,
    JUJU_CHARM_DIR: folder,
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], { env })
  const { milliseconds, mebibytes, exit } = JSON.parse(stdout)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(milliseconds).toBeLessThan(250)
  expect(mebibytes).toBeLessThan(100)
})
