import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const room = join(import.meta.dirname, '..', '..')
const lock = join(room, '.cache', 'build.lock')

async function newest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const times = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs),
  )
  return Math.max(...times)
}

async function isFresh(): Promise<boolean> {
  try {
    const built = (await stat(join(room, 'dist', 'index.html'))).mtimeMs
    const files = await Promise.all(
      ['index.html', 'vite.config.ts', 'package.json'].map(async (file) => (await stat(join(room, file))).mtimeMs),
    )
    return built > Math.max(await newest(join(room, 'src')), await newest(join(room, 'public')), ...files)
  } catch {
    return false
  }
}

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch {
    return false
  }
}

/** Builds the pages if their sources are newer; test files that run side by side wait for the one that builds. */
export async function buildPages(): Promise<string> {
  await mkdir(join(room, '.cache'), { recursive: true })
  while (!(await isFresh())) {
    if (!(await takeLock())) {
      await new Promise((resolve) => setImmediate(resolve))
      const held = await stat(lock).catch(() => null)
      if (held !== null && Date.now() - held.mtimeMs > 120_000) await rm(lock, { recursive: true, force: true })
      continue
    }
    try {
      if (!(await isFresh())) await build({ root: room, configFile: join(room, 'vite.config.ts'), logLevel: 'error' })
    } finally {
      await rm(lock, { recursive: true, force: true })
    }
  }
  return join(room, 'dist')
}
