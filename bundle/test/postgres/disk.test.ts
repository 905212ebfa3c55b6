import { execFile } from 'node:child_process'
import { chown, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startFailure } from '../../src/postgres/failure.ts'
import { currentHost } from '../../src/postgres/host.ts'
import { layOut } from '../../src/postgres/layout.ts'
import { drive, freshFolder, makeCheckout, ordinary, root, running } from './checkout.ts'

const run = promisify(execFile)

/** A disk of a few megabytes, where the machine lets us make one: root outside of a container. */
const mountDisk = async (size: string): Promise<string> => {
  const folder = await freshFolder()
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder])
  onTestFinished(async () => {
    await run('umount', ['-l', folder])
  })
  return folder
}

const canMount = await (async () => {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
  const [folder, mount] = ['/tmp/feast-bundle-mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/tmp/feast-bundle-mount']]
  await mkdir(folder, { recursive: true })
  try {
    await run('mount', mount)
    await run('umount', [folder])
    return true
  } catch {
    process.stdout.write('not run: a real full and a real read-only disk, for this account may not mount one\n')
    return false
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})()

describe.runIf(canMount)('a disk', () => {
  test('that is full at the first start is named, and nothing is left in its way', async () => {
    const disk = await mountDisk('8m')
    expect((await drive(root, { directory: disk })).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_DISK_FULL',
      message: `cannot write folder "${disk}": no space left on its disk`,
    })
    expect((await readdir(disk)).filter((name) => name.startsWith('data'))).toEqual([])
    await run('mount', ['-o', 'remount,size=200m', disk])
    const driven = await drive(root, { directory: disk })
    expect(running(driven).rows).toEqual([{ user: 'reader', database: 'online' }])
    await driven.end()
  })

  test('that is full at a later start is named', async () => {
    const disk = await mountDisk('200m')
    await (await drive(root, { directory: disk })).end()
    await run('sh', ['-c', 'cat /dev/zero > "$1/filler" || true', 'fill', disk])
    expect((await drive(root, { directory: disk })).answer).toMatchObject({ code: 'BUNDLE_DISK_FULL' })
    await rm(join(disk, 'filler'))
    const driven = await drive(root, { directory: disk })
    expect(running(driven).rows).toEqual([{ user: 'reader', database: 'online' }])
    await driven.end()
  })

  test('that is read-only is named, before and after a first start', async () => {
    const disk = await mountDisk('200m')
    const remount = (mode: string): Promise<unknown> => run('mount', ['-o', `remount,${mode}`, disk])
    const refused = {
      kind: 'failed',
      code: 'BUNDLE_FOLDER_UNUSABLE',
      message: `cannot use folder "${join(disk, 'state')}": its disk is read-only`,
    }
    await remount('ro')
    expect((await drive(root, { directory: join(disk, 'state') })).answer).toEqual(refused)
    await remount('rw')
    await (await drive(root, { directory: join(disk, 'state') })).end()
    await remount('ro')
    expect((await drive(root, { directory: join(disk, 'state') })).answer).toEqual(refused)
  })

  test('that is full where binaries are unpacked is passed over for the next cache', async () => {
    const folder = await freshFolder()
    const disk = await mountDisk('8m')
    const checkout = await makeCheckout(join(folder, 'checkout'))
    const directory = join(folder, 'state')
    expect((await drive(checkout, { directory, host: { caches: [join(disk, 'cache')] } })).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_DISK_FULL',
      message: `cannot write folder "${join(disk, 'cache')}": no space left on its disk`,
    })
    expect(await readdir(join(disk, 'cache'))).toEqual([])
    const driven = await drive(checkout, { directory, host: { caches: [join(disk, 'cache'), join(folder, 'cache')] } })
    expect(running(driven).rows).toHaveLength(1)
    await driven.end()
  })
})

describe('what PostgreSQL prints', () => {
  // Words of initdb and postgres 18.4, seen on a full tmpfs, on a read-only one, and as an account without a name.
  test.each([
    ['initdb: error: could not write file "/s/data/PG_VERSION": No space left on device', 'BUNDLE_DISK_FULL'],
    ['2026-01-01 00:00:00.000 UTC [7] FATAL:  could not write lock file "postmaster.pid": No space left on device', 'BUNDLE_DISK_FULL'],
    ['initdb: error: could not create directory "/s/data": Read-only file system', 'BUNDLE_FOLDER_UNUSABLE'],
    [
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets',
      'BUNDLE_PORT_IN_USE',
    ],
    [
      'LOG:  could not bind IPv4 address "127.0.0.1": Permission denied\nFATAL:  could not create any TCP/IP sockets',
      'BUNDLE_POSTGRES_FAILED',
    ],
    ['FATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster (PID 7) running?', 'BUNDLE_POSTGRES_RUNNING'],
    ['initdb: could not look up effective user ID 12345: user does not exist', 'BUNDLE_ACCOUNT_UNUSABLE'],
    ['FATAL:  configuration file "/s/postgresql.conf" contains errors', 'BUNDLE_POSTGRES_FAILED'],
    ['', 'BUNDLE_POSTGRES_FAILED'],
  ])('%j becomes %s', async (output, code) => {
    const layout = await layOut(await freshFolder(), currentHost())
    expect(startFailure(output, { layout, port: 5432 })).toMatchObject({ code })
  })
})

describe('a folder that does not serve', () => {
  const first = async (directory: string): Promise<void> => {
    await (await drive(root, { directory })).end()
  }

  test('holds the data of another version of PostgreSQL', async () => {
    const directory = await freshFolder()
    await first(directory)
    await writeFile(join(directory, 'data/PG_VERSION'), '15\n')
    expect((await drive(root, { directory })).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_DATA_FOLDER_INVALID',
      message: `cannot open data folder "${directory}/data": PostgreSQL 15 made it; allowed: 18`,
    })
    expect(await readFile(join(directory, 'data/PG_VERSION'), 'utf8')).toBe('15\n')
  })

  test('holds files that are not PostgreSQL’s, and they are left alone', async () => {
    const directory = await freshFolder()
    await mkdir(join(directory, 'data'))
    await writeFile(join(directory, 'data/thesis.txt'), 'dear to somebody')
    expect((await drive(root, { directory })).answer).toMatchObject({
      code: 'BUNDLE_DATA_FOLDER_INVALID',
      message: `cannot open data folder "${directory}/data": it holds files, and none of them is PG_VERSION`,
    })
    expect(await readdir(join(directory, 'data'))).toEqual(['thesis.txt'])
  })

  test('is a file', async () => {
    const file = join(await freshFolder(), 'file')
    await writeFile(file, '')
    for (const directory of [file, join(file, 'below')]) {
      expect((await drive(root, { directory })).answer).toMatchObject({ kind: 'failed', code: 'BUNDLE_FOLDER_UNUSABLE' })
    }
  })

  test.runIf(ordinary !== undefined)('may not be written', async () => {
    const folder = await freshFolder()
    const directory = join(folder, 'state')
    await mkdir(directory, { mode: 0o755 })
    expect((await drive(root, { directory }, ordinary)).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_FOLDER_UNUSABLE',
      message: `cannot use folder "${directory}": permission is denied`,
    })
  })

  test.runIf(ordinary !== undefined)('belongs to the run of another account', async () => {
    const directory = await freshFolder()
    await first(directory)
    await chown(directory, 1, 1)
    for (const name of await readdir(directory)) if (name !== 'data') await chown(join(directory, name), 1, 1)
    expect((await lstat(join(directory, 'data'))).uid).toBe(65534)
    expect((await drive(root, { directory }, { uid: 1, gid: 1 })).answer).toMatchObject({
      code: 'BUNDLE_DATA_FOLDER_INVALID',
      message: `cannot open data folder "${directory}/data": it belongs to account "65534", and PostgreSQL would run as "1"`,
    })
  })

  test.runIf(ordinary !== undefined)('is wanted by an account that has no name', async () => {
    const directory = await freshFolder()
    await chown(directory, 43210, 43210)
    expect((await drive(root, { directory }, { uid: 43210, gid: 43210 })).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_ACCOUNT_UNUSABLE',
      message: 'cannot run PostgreSQL as account "43210": it has no name on this system, and initdb wants one',
    })
  })
})
