import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { ModelState } from '../../src/index.ts'
import { root } from '../postgres/checkout.ts'

/** How a program ended, and what it said. */
export interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

/** Starts a program of the bundle by its file in `src`. */
export const start = (file: 'start.ts' | 'cli/main.ts', args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess =>
  spawn(process.execPath, ['--conditions=source', join(root, 'bundle/src', file), ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })

/** Waits for the end of a program. */
export const ending = async (child: ChildProcess): Promise<Ended> => {
  const said = async (stream: typeof child.stdout): Promise<string> => (stream ? text(stream) : '')
  const [[exit], out, err] = await Promise.all([once(child, 'close'), said(child.stdout), said(child.stderr)])
  return { exit: typeof exit === 'number' ? exit : null, out, err }
}

/** Looks again and again until it holds. */
export const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** What a program has said so far, and a wait for more. */
export interface Listener {
  readonly said: () => string
  readonly says: (words: string) => Promise<void>
}

export const listen = (child: ChildProcess): Listener => {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return {
    said: () => said,
    says: (words) =>
      until(async () => {
        if (said.includes(words)) return true
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended before it said "${words}": ${said}`)
        return false
      }),
  }
}

const pids = async (): Promise<readonly number[]> => (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)

/** A process that is gone has said nothing. */
const ofProcess = (pid: number, name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')

/** Processes whose command, environment or working folder names the folder. */
export const processesOf = async (folder: string): Promise<readonly string[]> => {
  const found = (await pids())
    .filter((pid) => pid !== process.pid)
    .map(async (pid) => {
      const command = await ofProcess(pid, 'cmdline')
      const place = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      const known = [command, await ofProcess(pid, 'environ'), place]
      return known.some((each) => each.includes(folder)) ? [`${pid} ${command.replaceAll('\0', ' ')}`] : []
    })
  return (await Promise.all(found)).flat()
}

interface ProcessRow {
  readonly pid: number
  readonly parent: number
  /** With its number, what tells a process from a later one. */
  readonly key: string
}

const rowOf = async (pid: number): Promise<ProcessRow | null> => {
  const stat = await ofProcess(pid, 'stat')
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' || state === 'Z' ? null : { pid, parent: Number(parent), key: `${pid} ${rest[17] ?? ''}` }
}

const processTable = async (): Promise<readonly ProcessRow[]> =>
  (await Promise.all((await pids()).map(rowOf))).filter((row) => row !== null)

/** A process and all that it started, and that these started: what each of them listens on, too. */
export interface Family {
  readonly keys: readonly string[]
  readonly addresses: readonly string[]
}

interface Listening {
  readonly address: string
  readonly inode: string
}

const listening = async (): Promise<readonly Listening[]> => {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const rows = tables.flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
  return rows.filter(([, , , state]) => state === '0A').map(([, address = '', , , , , , , , inode = '']) => ({ address, inode }))
}

const socketsOf = async (pid: number): Promise<readonly string[]> => {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')))
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [])
}

export const familyOf = async (head: number): Promise<Family> => {
  const table = await processTable()
  const members = new Set([head])
  for (let size = 0; size < members.size; ) {
    size = members.size
    for (const { pid, parent } of table) if (members.has(parent)) members.add(pid)
  }
  const own = table.filter(({ pid }) => members.has(pid))
  const sockets = new Set((await Promise.all(own.map(({ pid }) => socketsOf(pid)))).flat())
  const addresses = (await listening()).filter(({ inode }) => sockets.has(inode)).map(({ address }) => address)
  return { keys: own.map(({ key }) => key), addresses }
}

/** What is left of a family: processes that live, addresses that somebody listens on. */
export const leftOf = async ({ keys, addresses }: Family): Promise<readonly string[]> => {
  const living = new Set((await processTable()).map(({ key }) => key))
  const taken = new Set((await listening()).map(({ address }) => address))
  return [...keys.filter((key) => living.has(key)), ...addresses.filter((address) => taken.has(address))]
}

/** Databags, and what each secret holds. An owner follows its own secret with its next hook, so that older revisions may be gone. */
export const readModel = async (folder: string): Promise<unknown> => {
  const { model } = JSON.parse(await readFile(join(folder, 'model/model.json'), 'utf8')) as ModelState
  return {
    relations: model.relations,
    secrets: model.secrets.map(({ id, owner, grants, revisions }) => ({ id, owner, grants, newest: revisions.at(-1) })),
  }
}
