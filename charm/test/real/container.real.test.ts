import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { DesiredContainer } from '../../src/desired.ts'
import { addLayer, createPebbleClient, listServices, type PebbleClient, replan, stopServices } from '../../src/pebble/index.ts'
import { writeContainer } from '../../src/write/container.ts'
import { type PebbleDaemon, startPebble } from './pebble-daemon.ts'

// What the image brings: the same service as the charm's, but for its folder, and one that the charm does not know.
const rock = `
summary: rock
services:
  app: {override: replace, command: sleep 1000, startup: enabled}
  other: {override: replace, command: sleep 1001, startup: enabled}
`

let pebble: PebbleDaemon
let client: PebbleClient

beforeAll(async () => {
  pebble = await startPebble({ layers: { rock } })
  client = pebble.client
}, 240_000)

afterAll(async () => {
  await pebble[Symbol.asyncDispose]()
})

const at = (name: string): string => join(pebble.folder, name)

const desired = (hash: string): DesiredContainer => ({
  files: { [at('etc/app.conf')]: { content: `hash ${hash}\n`, permissions: 0o600 } },
  layers: {
    app: {
      summary: 'app layer',
      services: {
        app: {
          override: 'replace',
          command: 'sleep 1000',
          startup: 'enabled',
          'working-dir': '/tmp',
          environment: { CONFIG_HASH: hash },
        },
      },
    },
  },
})

const app = async (): Promise<{ readonly current: string; readonly since: string | null }> => {
  const [service] = await listServices(client, { names: ['app'] })
  return { current: service?.current ?? 'missing', since: service?.currentSince ?? null }
}

test('the first pass writes file, layer and replans; the second one writes nothing', async () => {
  const first = await writeContainer(client, desired('1'))
  expect(first.written).toEqual([`write file ${at('etc/app.conf')}`, 'add layer app', 'replan'])
  expect(first.applied).toMatchObject({ reachable: true, failure: null })
  expect(first.applied.services.map(({ name, current }) => `${name} ${current}`)).toEqual(['app active', 'other active'])
  const { since } = await app()
  expect((await writeContainer(client, desired('1'))).written).toEqual([])
  expect((await app()).since).toBe(since)
})

test('a changed hash in the environment restarts the service', async () => {
  const { since } = await app()
  expect((await writeContainer(client, desired('2'))).written).toContain('replan')
  const after = await app()
  expect(after.current).toBe('active')
  expect(after.since).not.toBe(since)
  expect(await readFile(at('etc/app.conf'), 'utf8')).toBe('hash 2\n')
})

test('a service that somebody stopped is started again', async () => {
  await stopServices(client, ['app'])
  expect((await writeContainer(client, desired('2'))).written).toEqual(['replan'])
  expect((await app()).current).toBe('active')
})

test('permissions that somebody changed are mended', async () => {
  await chmod(at('etc/app.conf'), 0o644)
  expect((await writeContainer(client, desired('2'))).written).toEqual([`write file ${at('etc/app.conf')}`])
  expect((await stat(at('etc/app.conf'))).mode & 0o777).toBe(0o600)
})

test('after a restart of the container everything is written again', async () => {
  await pebble.restart()
  expect((await writeContainer(client, desired('2'))).written).toEqual(['add layer app', 'replan'])
})

test('services that shall not run are stopped', async () => {
  await replan(client)
  expect((await writeContainer(client, { stopped: ['other', 'no-such'] })).written).toEqual(['stop service other'])
  expect((await writeContainer(client, { stopped: ['other', 'no-such'] })).written).toEqual([])
})

test('a folder holds exactly what it shall: strangers, emptied folders and stale files go', async () => {
  const folder = at('resources/secrets')
  await mkdir(join(folder, 'bob'), { recursive: true })
  await writeFile(join(folder, 'legacy.yaml'), 'old')
  await writeFile(join(folder, 'bob/x.yaml'), 'old')
  const files = { '_global/a.yaml': { content: 'a: 1\n' }, 'alice/b.yaml': { content: 'b: 1\n' } }
  const { written } = await writeContainer(client, { folders: { [folder]: files } })
  expect(written).toEqual([
    `remove file ${folder}/bob`,
    `remove file ${folder}/legacy.yaml`,
    `write file ${folder}/_global/a.yaml`,
    `write file ${folder}/alice/b.yaml`,
  ])
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(['_global', '_global/a.yaml', 'alice', 'alice/b.yaml'])
  expect((await writeContainer(client, { folders: { [folder]: files } })).written).toEqual([])
  await writeContainer(client, { folders: { [folder]: {} } })
  expect(await readdir(folder)).toEqual([])
})

test('a folder where a file shall be, and a file where a folder shall be, make room', async () => {
  const folder = at('swap')
  await mkdir(join(folder, 'a'), { recursive: true })
  await writeFile(join(folder, 'b'), '')
  const files = { a: { content: 'file' }, 'b/c': { content: 'below' } }
  expect((await writeContainer(client, { folders: { [folder]: files } })).applied.failure).toBeNull()
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a', 'b', 'b/c'])
})

test('files that shall not be there are removed, once', async () => {
  await writeFile(at('stale'), '')
  expect((await writeContainer(client, { absent: [at('stale'), at('never')] })).written).toEqual([`remove file ${at('stale')}`])
  expect((await writeContainer(client, { absent: [at('stale')] })).written).toEqual([])
})

test('a service that exits at once is told of, with what it wrote, and files are there all the same', async () => {
  const services = { broken: { override: 'replace', command: "sh -c 'echo why-it-broke; exit 1'", startup: 'enabled' } } as const
  const { applied, written } = await writeContainer(client, { files: { [at('kept')]: { content: 'x' } }, layers: { broken: { services } } })
  expect(written).toEqual([`write file ${at('kept')}`, 'add layer broken', 'replan'])
  expect(applied.failure).toMatchObject({ code: 'CHARM_PEBBLE_CHANGE_FAILED' })
  expect(applied.failure?.message).toContain('why-it-broke')
  expect(applied.services.find(({ name }) => name === 'broken')?.current).toBe('backoff')
  await stopServices(client, ['broken'])
  await addLayer(client, 'broken', { services: { broken: { override: 'replace', command: 'sleep 1', startup: 'disabled' } } })
})

test('a file that cannot be written is told of', async () => {
  const { applied } = await writeContainer(client, { files: { '/proc/no/such': { content: '' } } })
  expect(applied.failure).toMatchObject({ code: 'CHARM_PEBBLE_PATH' })
})

test('a Pebble that does not answer is left alone', async () => {
  const nobody = createPebbleClient(at('nobody.socket'))
  expect(await writeContainer(nobody, desired('1'))).toEqual({ written: [], applied: { reachable: false, services: [], failure: null } })
})
