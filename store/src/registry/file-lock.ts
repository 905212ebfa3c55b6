import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, readFile, rename, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { storeError } from '../errors.ts'

/*
 * The lock of a file is a second file, `<path>.lock`, which exists while somebody writes. It holds `<pid> <host> <token>`.
 *
 *   free  --create, refused if it exists-->  held  --unlink-->  free
 *   held, by a process of this host that is gone  --rename away-->  free
 *
 * Python asks for no lock. Feast's own writers of a file are on their own.
 */

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isCode(error, 'ESRCH')
  }
}

const isAbandoned = (content: string): boolean => {
  const [pid, host] = content.split(' ')
  return host === hostname() && Number.isInteger(Number(pid)) && !isAlive(Number(pid))
}

/** Takes away the lock of a process that is gone. Should another have taken it away and locked in the meantime, that lock is put back. */
const breakLock = async (lock: string, content: string): Promise<void> => {
  const aside = `${lock}.${randomUUID()}`
  try {
    await rename(lock, aside)
    if ((await readFile(aside, 'utf8')) !== content) await link(aside, lock)
    await unlink(aside)
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error
  }
}

const tryLock = async (lock: string, content: string): Promise<boolean> => {
  let handle: FileHandle
  try {
    handle = await open(lock, 'wx')
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
  try {
    await handle.writeFile(content)
  } finally {
    await handle.close()
  }
  return true
}

const owner = async (lock: string): Promise<string> => {
  try {
    return await readFile(lock, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return ''
    throw error
  }
}

/**
 * Runs a function while no other process that asks for the lock of the same file runs one.
 *
 * @throws STORE_REGISTRY_FILE_LOCKED when the lock is not free within `waitMilliseconds`
 * @example
 * await withFileLock('/repo/data/registry.db', { waitMilliseconds: 10_000 }, async () => write())
 */
export const withFileLock = async <Result>(
  path: string,
  options: { readonly waitMilliseconds: number },
  run: () => Promise<Result>,
): Promise<Result> => {
  const lock = `${path}.lock`
  const pause = 20
  const content = `${process.pid} ${hostname()} ${randomUUID()}`
  for (let waited = 0; !(await tryLock(lock, content)); waited += pause) {
    const held = await owner(lock)
    const [pid, host] = held.split(' ')
    if (isAbandoned(held)) await breakLock(lock, held)
    else if (waited >= options.waitMilliseconds) throw storeError('STORE_REGISTRY_FILE_LOCKED', [path, `process ${pid} on ${host}`])
    else await setTimeout(pause)
  }
  try {
    return await run()
  } finally {
    await unlink(lock)
  }
}
