import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ModelState } from '../../src/index.ts'
import { root } from '../postgres/checkout.ts'

// KILLS says how many moments; the whole of it is 50, CI takes 10.
const kills = Number(process.env.KILLS ?? 10)

const start = (folder: string): ChildProcess =>
  spawn(process.execPath, ['--conditions=source', join(root, 'bundle/src/cli/main.ts'), 'up', '--state', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

const processesOf = async (folder: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(folder))
}

/** Databags and what secrets hold, without what follows from PostgreSQL's port, which is another when somebody took it. */
const readModel = async (folder: string): Promise<unknown> => {
  const { model } = JSON.parse(await readFile(join(folder, 'model/model.json'), 'utf8')) as ModelState
  const relations = model.relations.map(({ id, life, applicationData }) => ({ id, life, applicationData }))
  return { relations, secrets: model.secrets.map(({ id, owner, grants, revisions }) => ({ id, owner, grants, newest: revisions.at(-1) })) }
}

let folder: string
let child: ChildProcess

/** Starts, and kills after so many hooks (or lines); null: waits until it has settled. */
const upTo = async (lines: number | null): Promise<void> => {
  child = start(folder)
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const isEnough = (): boolean => said.includes('Integration provider') || (lines !== null && said.split('\n').length > lines)
  await until(async () => isEnough() || child.exitCode !== null)
  expect([child.exitCode, said.includes(' failed: ')]).toEqual([null, false])
}

const kill = async (): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
  await until(async () => (await processesOf(folder)).length === 0)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'))
})

afterAll(async () => {
  await kill()
  await rm(folder, { recursive: true })
})

test(`killed at ${kills} moments, deploying among them, it comes to the same end, and leaves nothing behind`, async () => {
  // While it deploys: after three, ten, twenty… hooks.
  for (let at = 1; at <= kills / 2; at += 1) {
    await upTo(at * 7)
    await kill()
  }
  await upTo(null)
  const expected = await readModel(folder)
  // And while it takes up what is there.
  for (let at = 0; at < kills / 2; at += 1) {
    await kill()
    await upTo(at % 2 === 0 ? at : null)
  }
  await kill()
  await upTo(null)
  expect(await readModel(folder)).toEqual(expected)
}, 3_600_000)
