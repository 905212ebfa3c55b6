import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { sendCommand } from '../../src/control/client.ts'
import type { KubernetesAccess } from '../../src/kubernetes/access.ts'
import { connectKubernetes, type KubernetesConnection } from '../../src/kubernetes/connection.ts'
import { listen, start } from '../cli/program.ts'

/** A read that was tried, with its times in milliseconds; one that failed has a code. */
interface Try {
  readonly what: string
  readonly begun: number
  readonly ended: number
  readonly rows: number
  readonly code?: string
}

let folder: string
let bundle: ChildProcess
let reader: ChildProcess
let kubernetes: KubernetesConnection
const tries: Try[] = []
let asking = true
let asked: Promise<void>

/** Asks the UI's API as its pages do, through the gateway. */
const askUi = async (firstUrl: string): Promise<void> => {
  const welcome = await fetch(firstUrl, { redirect: 'manual' })
  const cookie = (welcome.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const paths = { 'UI feature views': 'feature_views?project=driver_stats', 'UI freshness': 'freshness?project=driver_stats' }
  while (asking) {
    for (const [what, path] of Object.entries(paths)) {
      const begun = Date.now()
      const response = await fetch(new URL(`/feast/api/v1/${path}`, firstUrl), { headers: { cookie } }).catch((error: unknown) => error)
      const status = response instanceof Response ? response.status : 0
      if (response instanceof Response) await response.body?.cancel()
      tries.push({ what, begun, ended: Date.now(), rows: Number(status === 200), ...(status === 200 ? {} : { code: String(status) }) })
    }
    await wait(50)
  }
}

const yamlOf = async (): Promise<string> => {
  const { data } = await kubernetes.call({ method: 'GET', path: '/api/v1/namespaces/alice/secrets/feature-store-yaml' })
  const files: Readonly<Record<string, unknown>> = typeof data === 'object' ? { ...data } : {}
  return Buffer.from(String(files['feature_store.yaml']), 'base64').toString()
}

const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await wait(10)
}

const kinds = [
  'kept online',
  'kept history',
  'kept registry',
  'fresh online',
  'fresh history',
  'fresh registry',
  'UI feature views',
  'UI freshness',
]
const worked = (what: string, since: number): boolean => tries.some((each) => each.what === what && each.begun >= since && each.rows > 0)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rotate-'))
  bundle = start('start.ts', ['--state', folder])
  await listen(bundle).says('What to try')
  const access = JSON.parse(await sendCommand(folder, ['access'])) as KubernetesAccess & { readonly firstUrl: string }
  kubernetes = connectKubernetes(access)
  const program = join(import.meta.dirname, 'reader.ts')
  reader = start('cli/main.ts', ['notebook', '-n', 'alice', '--state', folder, '--', process.execPath, '--conditions=source', program])
  // Each line is one of the reader's tries.
  if (reader.stdout) createInterface(reader.stdout).on('line', (line) => tries.push(JSON.parse(line) as Try))
  asked = askUi(access.firstUrl)
  await until(() => kinds.every((what) => worked(what, 0)))
}, 300_000)

afterAll(async () => {
  asking = false
  await asked
  kubernetes[Symbol.dispose]()
  for (const child of [reader, bundle]) {
    const ended = once(child, 'exit')
    child.kill('SIGINT')
    await ended
  }
  await rm(folder, { recursive: true })
}, 60_000)

test.each(['offline-store', 'online-store', 'registry'])(
  'within five seconds of a new password of %s everybody reads on, and what failed was tried again',
  async (database) => {
    const before = await yamlOf()
    const begun = Date.now()
    await sendCommand(folder, ['rotate-password', database])
    await until(async () => (await yamlOf()) !== before)
    const published = Date.now()
    await until(() => kinds.every((what) => worked(what, published)))
    const seconds = (Date.now() - begun) / 1000
    const failed = tries.filter(({ begun: at, rows }) => at >= begun && rows === 0)
    const counts = Object.entries(Object.groupBy(failed, ({ what, code = '' }) => `${what} ${code}`)).map(([what, each]) => [
      what,
      each?.length,
    ])
    process.stderr.write(`${database}: ${seconds} s; tries that failed: ${JSON.stringify(Object.fromEntries(counts))}\n`)
    expect(seconds).toBeLessThan(5)
    // Whoever has a store open notices nothing; who logs in anew may come before the file does, and who asks the UI while it starts anew.
    expect(failed.filter(({ what }) => what.startsWith('kept'))).toEqual([])
    expect(failed.filter(({ code = '' }) => !['STORE_POSTGRES_LOGIN_REFUSED', '503'].includes(code))).toEqual([])
    for (const { what, ended } of failed) expect([what, worked(what, ended)]).toEqual([what, true])
  },
  60_000,
)
