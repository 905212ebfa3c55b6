import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { listServices } from '../../src/pebble/index.ts'
import { type PebbleDaemon, startPebble } from './pebble-daemon.ts'

const root = new URL('../..', import.meta.url).pathname

let pebble: PebbleDaemon
let folder: string

// A whole charm as it ships: one file, started by a dispatch script, with its tools on PATH and its Pebble behind the usual path.
const charm = (at: string): string => `
import { active, defineCharm, run, waiting } from '${root}src/index.ts'
const charm = defineCharm({
  metadata: { name: 'app', containers: { app: {} } },
  observe: (hook) => hook.container('app', ['services', 'plan', 'checks']),
  reconcile: () => ({
    ports: ['8888/tcp'],
    containers: {
      app: {
        files: { '${at}/app.conf': { content: 'a: 1\\n', permissions: 0o600 } },
        layers: { app: { services: { app: { override: 'replace', command: 'sleep 1000', startup: 'enabled' } } } },
      },
    },
    unitStatus: ({ containers }) => {
      const down = containers.app?.services.filter(({ current }) => current !== 'active') ?? []
      return [containers.app?.reachable ? (down.length === 0 ? active() : waiting('services')) : waiting('Waiting for Pebble to be ready.')]
    },
  }),
})
await run(charm)
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
process.stdout.write(JSON.stringify({ milliseconds: (userCPUTime + systemCPUTime) / 1000, mebibytes: maxRSS / 1024 }))
`

// A model in files: what a tool sets, it tells again.
const tool = `#!/bin/sh
cd "$STATE"
echo "$(basename "$0") $*" >> calls
case "$(basename "$0")" in
opened-ports) if test -e port; then echo '["8888/tcp"]'; else echo '[]'; fi;;
open-port) touch port;;
status-get) cat status 2> /dev/null || echo '{"status":"unknown","message":""}';;
status-set) printf '{"status":"%s","message":"%s"}' "$2" "$4" > status;;
juju-log) ;;
*) exit 1;;
esac
`

beforeAll(async () => {
  pebble = await startPebble()
  folder = pebble.folder
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'c/app'), { recursive: true })
  await symlink(pebble.client.socketPath, join(folder, 'c/app/pebble.socket'))
  await writeFile(join(folder, 'bin/tool'), tool)
  await chmod(join(folder, 'bin/tool'), 0o755)
  for (const name of ['opened-ports', 'open-port', 'status-get', 'status-set', 'juju-log']) await symlink('tool', join(folder, 'bin', name))
  await build({
    stdin: { contents: charm(folder), resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // yaml calls require() for two modules of Node.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
    outfile: join(folder, 'dispatch.mjs'),
  })
}, 240_000)

afterAll(() => pebble[Symbol.asyncDispose]())

interface Cost {
  readonly milliseconds: number
  readonly mebibytes: number
}

const dispatch = async (hook: string): Promise<{ readonly calls: readonly string[]; readonly cost: Cost; readonly stderr: string }> => {
  await writeFile(join(folder, 'calls'), '')
  const env = {
    PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
    STATE: folder,
    CHARM_CONTAINERS_DIR: join(folder, 'c'),
    JUJU_DISPATCH_PATH: `hooks/${hook}`,
    JUJU_WORKLOAD_NAME: 'app',
    JUJU_UNIT_NAME: 'app/0',
    JUJU_MODEL_NAME: 'm',
    JUJU_MODEL_UUID: 'u',
    JUJU_CHARM_DIR: folder,
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'dispatch.mjs')], { env, cwd: folder })
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')
  return { calls, cost: JSON.parse(stdout), stderr }
}

const written = (calls: readonly string[]): readonly string[] => calls.filter((call) => /^(?:status-set|open-port|juju-log)/.test(call))

test('a packed charm brings its workload up in one hook', async () => {
  const { calls, stderr } = await dispatch('app-pebble-ready')
  expect(stderr).toBe('')
  expect(written(calls)).toEqual([
    'open-port 8888/tcp',
    'status-set --application=False active',
    `juju-log --log-level INFO -- app-pebble-ready: write file ${folder}/app.conf in app; add layer app in app; replan in app; open port 8888/tcp; status active`,
  ])
  expect(await readFile(join(folder, 'app.conf'), 'utf8')).toBe('a: 1\n')
  expect(await listServices(pebble.client)).toMatchObject([{ name: 'app', current: 'active' }])
})

test('its idle hook writes nothing, within 250 ms of processor and 100 MiB', async () => {
  const { calls, cost } = await dispatch('update-status')
  expect(written(calls)).toEqual([])
  expect(cost.milliseconds).toBeLessThan(250)
  expect(cost.mebibytes).toBeLessThan(100)
})

test('a new container gets everything again, and a Pebble that is away is waited for', async () => {
  await pebble.stop()
  expect(written((await dispatch('update-status')).calls)[0]).toBe(
    'status-set --application=False waiting -- Waiting for Pebble to be ready.',
  )
  await pebble.restart()
  const { calls } = await dispatch('app-pebble-ready')
  expect(written(calls)[0]).toBe('status-set --application=False active')
  expect(await listServices(pebble.client)).toMatchObject([{ name: 'app', current: 'active' }])
})
