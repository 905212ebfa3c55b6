import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPebbleClient, startServices, stopServices } from '@charmed-feast/charm/pebble'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CheckRecord, runChecks } from '../src/check/check.ts'
import { feastChecks } from '../src/check/feast-checks.ts'
import { sendCommand } from '../src/control/client.ts'
import type { KubernetesAccess } from '../src/kubernetes/access.ts'
import { connectKubernetes, type KubernetesConnection } from '../src/kubernetes/connection.ts'
import { unitFolder } from '../src/pod/pods.ts'
import { ending, familyOf, leftOf, listen, processesOf, start, until } from './cli/program.ts'

const recordsOf = (out: string): readonly CheckRecord[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CheckRecord)

const databases = ['offline-store', 'online-store', 'registry']

describe('npm start', () => {
  let folder: string
  let child: ChildProcess
  let kubernetes: KubernetesConnection
  let firstUrl: string
  let out = ''
  let notes = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feast-'))
    child = start('start.ts', ['--json', '--state', folder])
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (notes += chunk.toString()))
    while (!notes.includes('What to try')) {
      if (child.exitCode !== null) throw new Error(`it ended: ${notes}${out}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const access = JSON.parse(await sendCommand(folder, ['access'])) as KubernetesAccess & { readonly firstUrl: string }
    firstUrl = access.firstUrl
    kubernetes = connectKubernetes(access)
  }, 600_000)

  afterAll(async () => {
    kubernetes[Symbol.dispose]()
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    await rm(folder, { recursive: true })
  }, 60_000)

  /** The checks that do not hold now; the example is not run again. */
  const broken = async (patienceMs: number): Promise<readonly string[]> => {
    const example = async (): Promise<never> => {
      throw new Error('not run')
    }
    const checks = feastChecks({ folder, kubernetes, namespace: 'alice', firstUrl, example })
    const records = await runChecks(
      checks.filter(({ name }) => !name.startsWith('a notebook')),
      { patienceMs },
    )
    return records.filter(({ ok }) => !ok).map(({ check }) => check)
  }

  test('sees each thing by a client of its own, and tells each in a record', () => {
    const records = recordsOf(out)
    expect(records.filter(({ ok }) => !ok)).toEqual([])
    expect(records.map(({ check }) => check)).toEqual([
      ...[...databases, 'feast-integrator', 'feast-ui', 'resource-dispatcher', 'istio-pilot', 'kubeflow-dashboard'].map(
        (name) => `${name} is active`,
      ),
      'namespace alice has the Secret',
      'namespace alice has the PodDefault',
      'a notebook applies, materializes and retrieves history',
      'a notebook retrieves online features',
      'the registry has the feature views',
      'the offline store has the sample',
      'the UI answers at /feast/ through the gateway',
      'the dashboard links to the UI and frames it',
    ])
  })

  test('a second one on the same folder is refused in a sentence with its code', async () => {
    const { exit, err } = await ending(start('start.ts', ['--state', folder]))
    expect([exit, err]).toEqual([
      1,
      `cannot start PostgreSQL in "${join(folder, 'postgres')}": another process runs it; stop that one or choose another folder (BUNDLE_POSTGRES_RUNNING)\n`,
    ])
  }, 60_000)

  test('a UI that does not run is seen', async () => {
    const [, address = ''] = /^feast-ui\/0.* (127\.\d+\.\d+\.\d+)/m.exec(await sendCommand(folder, ['status'])) ?? []
    const client = createPebbleClient(join(folder, 'run', unitFolder(address), 'c/feast-ui/pebble.socket'))
    await stopServices(client, ['feast-ui'])
    expect(await broken(0)).toEqual(['the UI answers at /feast/ through the gateway'])
    await startServices(client, ['feast-ui'])
    expect(await broken(30_000)).toEqual([])
  }, 120_000)

  test.each([
    ['secrets', ['feast-integrator is active', 'namespace alice has the Secret']],
    ['pod-defaults', ['feast-integrator is active', 'namespace alice has the PodDefault']],
  ] as const)(
    'a relation that is missing is seen: %s',
    async (endpoint, problems) => {
      const ends = [`feast-integrator:${endpoint}`, `resource-dispatcher:${endpoint}`]
      await sendCommand(folder, ['remove-relation', ...ends])
      const seen = async (): Promise<boolean> => problems.every((problem) => gone.includes(problem))
      let gone = await broken(0)
      while (!(await seen())) gone = await broken(0)
      await sendCommand(folder, ['integrate', ...ends])
      expect(await broken(60_000)).toEqual([])
    },
    240_000,
  )

  test.each([
    ['feast-ui:ingress', 'istio-pilot:ingress', 'the UI answers at /feast/ through the gateway'],
    ['feast-ui:dashboard-links', 'kubeflow-dashboard:links', 'the dashboard links to the UI and frames it'],
  ])(
    'without the relation of %s nobody finds the UI',
    async (left, right, problem) => {
      await sendCommand(folder, ['remove-relation', left, right])
      let gone = await broken(0)
      while (!gone.includes(problem)) gone = await broken(0)
      await sendCommand(folder, ['integrate', left, right])
      expect(await broken(60_000)).toEqual([])
    },
    240_000,
  )

  test('a database that lets nobody in is seen', async () => {
    await sendCommand(folder, ['remove-relation', 'feast-integrator:offline-store', 'offline-store:database'])
    expect(await broken(0)).toContain('feast-integrator is active')
    await sendCommand(folder, ['integrate', 'feast-integrator:offline-store', 'offline-store:database'])
    expect(await broken(60_000)).toEqual([])
  }, 240_000)
})

test.each([
  ['while the databases are made', 'making a data folder'],
  ['in the midst of the hooks', 'feast-ui/0: start'],
  ['while it looks', 'Integration provider'],
])(
  'Ctrl-C %s ends it at once: no process and no port is left',
  async (_, words) => {
    const folder = await mkdtemp(join(tmpdir(), 'feast-'))
    const child = start('start.ts', ['--state', folder])
    await listen(child).says(words)
    const family = await familyOf(child.pid ?? 0)
    const ended = once(child, 'exit')
    const begun = performance.now()
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    // Two seconds by itself; neighbours on the machine take as much again.
    expect(performance.now() - begun).toBeLessThan(4_000)
    await until(async () => (await leftOf(family)).length === 0 && (await processesOf(folder)).length === 0)
    await rm(folder, { recursive: true })
  },
  120_000,
)

test('npm start refuses what it does not know in a sentence', async () => {
  const { exit, err } = await ending(start('start.ts', ['--nope']))
  expect([exit, err.includes("'--nope'"), err.includes('    at ')]).toEqual([2, true, false])
}, 60_000)
