import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { inflateRawSync } from 'node:zlib'

import { newState, runScenario, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { canChangeRoot, runInBareRoot } from '../../../house/bare-root.ts'
import { measureIdle } from '../../../house/idle-hook.ts'
import { charmEntries, packCharm, sizeLimit } from '../../pack.ts'
import { writeZip } from '../../zip.ts'
import { metadata } from '../src/metadata.ts'
import { database, published, reference, referenceWith, settle } from './reference.ts'

/** Reads an archive by its central directory, as Juju does; an oracle that knows nothing of the writer. */
const readZip = (zip: Buffer): ReadonlyMap<string, { readonly mode: number; readonly content: Buffer }> => {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  const files = new Map<string, { mode: number; content: Buffer }>()
  let at = zip.readUInt32LE(end + 16)
  for (let index = 0; index < zip.readUInt16LE(end + 10); index += 1) {
    const [nameLength, size, offset] = [zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)]
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString()
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28)
    files.set(name, { mode: zip.readUInt32LE(at + 38) >>> 16, content: inflateRawSync(zip.subarray(start, start + size)) })
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return files
}

let folder = ''
let archive = { path: '', bytes: 0 }
let files: ReturnType<typeof readZip> = new Map()
const charmDir = (): string => join(folder, 'charm')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
  archive = await packCharm('feast-integrator', { architecture: 'amd64', out: folder })
  files = readZip(await readFile(archive.path))
  for (const [name, { mode, content }] of files) {
    await mkdir(dirname(join(charmDir(), name)), { recursive: true })
    await writeFile(join(charmDir(), name), content)
    await chmod(join(charmDir(), name), mode & 0o777)
  }
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a packed charm', () => {
  test('is named after its base and stays under sixty megabytes', async () => {
    expect(archive.path.endsWith('/feast-integrator_ubuntu-24.04-amd64.charm')).toBe(true)
    expect(archive.bytes).toBe((await readFile(archive.path)).length)
    expect(archive.bytes).toBeLessThan(sizeLimit)
    process.stdout.write(`feast-integrator: ${(archive.bytes / 1e6).toFixed(1)} MB\n`)
  })

  test('has what Juju looks for, with the permissions that Juju does not mend', () => {
    expect(Object.fromEntries([...files].map(([name, { mode }]) => [name, mode.toString(8)]))).toEqual({
      'metadata.yaml': '100644',
      'config.yaml': '100644',
      'actions.yaml': '100644',
      'manifest.yaml': '100644',
      dispatch: '100755',
      'charm.cjs': '100644',
      node: '100755',
      LICENSE: '100644',
      'LICENSE.node': '100644',
    })
  })

  test('says its base, without which Juju would not take a charm without containers on Kubernetes', () => {
    const manifest = parse(files.get('manifest.yaml')?.content.toString() ?? '')
    expect(manifest.bases).toEqual([{ name: 'ubuntu', channel: '24.04', architectures: ['amd64'] }])
  })

  test('is the same archive when it is packed again', async () => {
    // All but Node, which alone takes ten seconds.
    const pack = async (): Promise<Buffer> =>
      writeZip((await charmEntries('feast-integrator', 'amd64')).filter(({ name }) => name !== 'node'))
    expect((await pack()).equals(await pack())).toBe(true)
  })

  test('runs with nothing else on PATH, and no HOME', async () => {
    const charm = throughDispatch({ metadata, charmDir: charmDir(), path: '/nonexistent' })
    const outcome = await runScenario(charm, reference(), { name: 'leader-elected' })
    expect([outcome.failure, outcome.stderr]).toEqual([null, ''])
    expect(outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(published(outcome.state)).toEqual(published(await settle(reference())))
  })

  test('blocks when it is alone, as the Python charm does', async () => {
    const charm = throughDispatch({ metadata, charmDir: charmDir(), path: '/nonexistent' })
    const { state } = await runScenario(charm, newState({ app: 'feast-integrator' }), { name: 'install' })
    expect(state.unitStatus).toEqual({ name: 'blocked', message: '[offline-store] Please add the missing relation: offline-store' })
  })

  test('connects to databases: what only actions need is in it too', async () => {
    const charm = throughDispatch({ metadata, charmDir: charmDir(), path: '/nonexistent', actions: ['check'] })
    const nobody = referenceWith(
      ['offline-store', 'online-store', 'registry'].map((name, id) => database(id + 1, name, { endpoints: '127.0.0.1:1' })),
    )
    const { action } = await runScenario(charm, nobody, { name: 'action', action: { name: 'check', params: {} } })
    expect(action?.results).toMatchObject({ registry: { outcome: 'failed', code: 'ECONNREFUSED' } })
  })

  test('costs at most 250 ms of processor and 100 MiB in an idle hook, without the tools', async () => {
    const { milliseconds, mebibytes } = await measureIdle({
      metadata,
      charmDir: charmDir(),
      state: await settle(reference()),
      folder,
      milliseconds: 250,
    })
    process.stdout.write(`idle hook: ${Math.round(milliseconds)} ms, ${Math.round(mebibytes)} MiB\n`)
    expect(milliseconds).toBeLessThan(250)
    expect(mebibytes).toBeLessThan(100)
  })

  test.skipIf(!canChangeRoot)('runs in a root folder that holds a shell and the libraries of its base, and nothing else', async () => {
    const outcome = await runInBareRoot({ charmDir: charmDir(), root: join(folder, 'root'), app: 'feast-integrator' })
    expect(outcome).toMatchObject({ exit: 0, errors: '' })
    expect(outcome.said).toContain('blocked -- [offline-store] Please add the missing relation: offline-store')
  })
})

test('an architecture without a Node is refused', async () => {
  await expect(packCharm('feast-integrator', { architecture: 's390x', out: folder })).rejects.toThrow(
    'cannot pack for architecture "s390x"; allowed: amd64, arm64',
  )
})
