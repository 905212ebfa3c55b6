import { randomBytes } from 'node:crypto'
import { readFile, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  addLayer,
  addNotice,
  autostart,
  callPebble,
  createPebbleClient,
  ExecError,
  exec,
  execOutput,
  findFile,
  findFiles,
  findSystemInfo,
  getChange,
  getNotice,
  getPlan,
  getServiceLogs,
  getSystemInfo,
  isHealthy,
  isPlanned,
  type Layer,
  listChanges,
  listChecks,
  listFiles,
  listIdentities,
  listNotices,
  listServices,
  makeDir,
  PathError,
  type PebbleClient,
  PebbleError,
  pullFile,
  pushFiles,
  refreshCheck,
  removeIdentities,
  removePath,
  replaceIdentities,
  replan,
  restartServices,
  signalServices,
  startChecks,
  startServices,
  stopChecks,
  stopServices,
  waitChange,
} from '../../src/pebble/index.ts'

/** A Pebble to be tested: the real one, or one that wants to be taken for it. */
export interface TestedPebble extends AsyncDisposable {
  readonly client: PebbleClient
  /** A folder for files of the test. */
  readonly folder: string
  /** Stops it and starts it again on the same state. */
  readonly restart: () => Promise<void>
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}

const sleeper: Layer = {
  summary: 'a service that waits',
  services: {
    sleeper: {
      override: 'replace',
      summary: 'Waits',
      command: 'sleep 1000',
      startup: 'enabled',
      environment: { A: '1', EMPTY: '' },
      'working-dir': '/tmp',
      'kill-delay': '1s',
      'backoff-limit': '90s',
      'on-check-failure': { up: 'restart' },
    },
  },
}

/**
 * What a charm may expect of a Pebble, as Pebble 1.32.1 has it. `start` gives it this environment, which holds a canary.
 *
 * @example
 * testPebble((env) => startPebble({ env }))
 */
export const testPebble = (start: (env: Readonly<Record<string, string>>) => Promise<TestedPebble>): void => {
  let pebble: TestedPebble
  let client: PebbleClient

  beforeAll(async () => {
    pebble = await start({ CANARY: 'the-daemon-knows-a-secret' })
    client = pebble.client
  }, 240_000)

  afterAll(async () => {
    await pebble[Symbol.asyncDispose]()
  })

  describe('system info', () => {
    test('names version and boot id', async () => {
      const info = await getSystemInfo(client)
      expect(info.version).toMatch(/^v?1\.32\.1|unknown/)
      expect(info.bootId).not.toBe('')
    })

    test('is null where nobody listens', async () => {
      expect(await findSystemInfo(createPebbleClient(join(pebble.folder, 'nobody.socket')))).toBeNull()
    })
  })

  describe('layers and plan', () => {
    test('a layer is planned after it was added, and not before', async () => {
      expect(isPlanned(sleeper, await getPlan(client))).toBe(false)
      await addLayer(client, 'sleeper', sleeper)
      expect(isPlanned(sleeper, await getPlan(client))).toBe(true)
    })

    test('every key of a service survives the echo, durations and numbers included', async () => {
      const layer: Layer = {
        services: {
          full: {
            override: 'replace',
            summary: 'All keys',
            description: 'two\nlines',
            command: 'sleep "1 000"',
            startup: 'disabled',
            after: ['sleeper'],
            requires: ['sleeper'],
            environment: { NUMBER: '007', YES: 'yes', URL: 'postgresql://u:p%40@h/db' },
            'on-success': 'ignore',
            'on-failure': 'restart',
            'backoff-delay': '500ms',
            'backoff-factor': 2,
            'backoff-limit': '1m30s',
            'kill-delay': '90s',
            'user-id': process.getuid?.() ?? 0,
            'group-id': process.getgid?.() ?? 0,
          },
        },
        checks: {
          full: {
            override: 'replace',
            level: 'ready',
            startup: 'disabled',
            period: '90s',
            timeout: '1s',
            threshold: 5,
            exec: { command: 'true' },
          },
          short: { override: 'replace', startup: 'disabled', http: { url: 'http://localhost:1/health', headers: { X: 'y' } } },
          port: { override: 'replace', startup: 'disabled', tcp: { port: 5432 } },
        },
        'log-targets': {
          loki: { override: 'replace', type: 'loki', location: 'http://localhost:1/loki', services: ['full'], labels: { app: 'x' } },
        },
      }
      await addLayer(client, 'full', layer)
      expect(isPlanned(layer, await getPlan(client))).toBe(true)
      const other = {
        ...layer,
        services: { full: { ...layer.services?.full, override: 'replace', environment: { NUMBER: '7' } } },
      } as const
      expect(isPlanned(other, await getPlan(client))).toBe(false)
    })

    test('an entry that merges is planned when the keys that it names are', async () => {
      await addLayer(client, 'base', { services: { merged: { override: 'replace', command: 'sleep 1', summary: 'base' } } })
      const merge: Layer = { services: { merged: { override: 'merge', environment: { B: '2' } } } }
      expect(isPlanned(merge, await getPlan(client))).toBe(false)
      await addLayer(client, 'over', merge)
      expect(isPlanned(merge, await getPlan(client))).toBe(true)
    })

    test('a layer that Pebble does not take is refused with its reason', async () => {
      const error = await addLayer(client, 'bad', { services: { bad: { override: 'replace' } } }).catch((each: unknown) => each)
      expect(error).toBeInstanceOf(PebbleError)
      expect(error).toMatchObject({ code: 'CHARM_PEBBLE_REFUSED', status: 400 })
      expect(String(error)).toContain('must define "command" for service "bad"')
    })
  })

  describe('services', () => {
    test('a replan starts what is enabled, and a second one changes nothing', async () => {
      await addLayer(client, 'sleeper', sleeper)
      await replan(client)
      const [first] = await listServices(client, { names: ['sleeper'] })
      expect(first).toMatchObject({ name: 'sleeper', startup: 'enabled', current: 'active' })
      expect((await replan(client)).status).toBe('Done')
      expect((await listServices(client, { names: ['sleeper'] }))[0]?.currentSince).toBe(first?.currentSince)
    })

    test('stop, start and restart do what they say', async () => {
      await stopServices(client, ['sleeper'])
      expect((await listServices(client, { names: ['sleeper'] }))[0]?.current).toBe('inactive')
      await startServices(client, ['sleeper'])
      const [started] = await listServices(client, { names: ['sleeper'] })
      await restartServices(client, ['sleeper'])
      const [restarted] = await listServices(client, { names: ['sleeper'] })
      expect(restarted?.current).toBe('active')
      expect(restarted?.currentSince).not.toBe(started?.currentSince)
      await stopServices(client, ['sleeper'])
      await autostart(client)
      expect((await listServices(client, { names: ['sleeper'] }))[0]?.current).toBe('active')
    })

    test('a service that exits at once fails the change, with the log of its task and its output', async () => {
      const command = "sh -c 'echo no-such-config; exit 3'"
      await addLayer(client, 'quick', { services: { quick: { override: 'replace', command, startup: 'disabled' } } })
      const error = await startServices(client, ['quick']).catch((each: unknown) => each)
      expect(error).toMatchObject({ code: 'CHARM_PEBBLE_CHANGE_FAILED' })
      expect(String(error)).toContain('exited quickly with code 3')
      expect(String(error)).toContain('no-such-config')
      await stopServices(client, ['quick'])
    })

    test('an unknown service is left out of lists and refused by actions', async () => {
      expect(await listServices(client, { names: ['nope'] })).toEqual([])
      await expect(startServices(client, ['nope'])).rejects.toThrow('service "nope" does not exist')
    })

    test('a signal reaches what runs, and is refused for what does not', async () => {
      const command = 'sh -c \'trap "echo got-hup" HUP; echo ready; while true; do sleep 0.05; done\''
      await addLayer(client, 'trap', { services: { trap: { override: 'replace', command } } })
      await startServices(client, ['trap'])
      await signalServices(client, ['trap'], { signal: 'SIGHUP' })
      await until(async () => (await getServiceLogs(client, { services: ['trap'] })).some(({ message }) => message === 'got-hup'))
      await stopServices(client, ['trap'])
      await expect(signalServices(client, ['trap'], { signal: 'SIGHUP' })).rejects.toThrow('service is not running')
    })

    test('logs name time, service and message, and only those asked for', async () => {
      const lines = await getServiceLogs(client, { services: ['trap'], lines: 100 })
      expect(lines.length).toBeGreaterThan(0)
      expect(new Set(lines.map(({ service }) => service))).toEqual(new Set(['trap']))
      expect(lines[0]?.time).toMatch(/^\d{4}-\d\d-\d\dT/)
    })
  })

  describe('changes', () => {
    test('a wait that takes longer than one request goes on, and ends in a timeout', async () => {
      const { change } = await callPebble(client, {
        method: 'POST',
        path: '/v1/exec',
        json: { command: ['sleep', '30'], timeout: '20s' },
      })
      const error = await waitChange(client, change ?? '', { seconds: 0.2 }).catch((each: unknown) => each)
      expect(error).toMatchObject({ code: 'CHARM_PEBBLE_TIMEOUT' })
    })

    test('are listed and found by id', async () => {
      const changes = await listChanges(client, { select: 'all' })
      expect(changes.length).toBeGreaterThan(0)
      const last = changes.at(-1)
      expect((await getChange(client, last?.id ?? '')).kind).toBe(last?.kind)
      await expect(getChange(client, '999999')).rejects.toThrow(PebbleError)
    })
  })

  describe('files', () => {
    const at = (name: string): string => join(pebble.folder, name)

    test('any bytes come back as they went, whatever boundary-like text is in them', async () => {
      const odd = Buffer.concat([Buffer.from('\r\n--boundary\r\n\r\n--\r\n'), randomBytes(70_000), Buffer.from('\r\n')])
      for (const content of [odd, Buffer.alloc(0), Buffer.from('\r\n'), Buffer.from('a')]) {
        await pushFiles(client, [{ path: at('deep/er/odd.bin'), content }])
        expect((await pullFile(client, at('deep/er/odd.bin'))).equals(content)).toBe(true)
      }
      expect((await readFile(at('deep/er/odd.bin'))).toString()).toBe('a')
    })

    test('several files go in one request, with permissions and odd names', async () => {
      const name = 'a "quoted" näme.txt'
      await pushFiles(client, [
        { path: at(`many/${name}`), content: 'one', permissions: 0o600 },
        { path: at('many/two'), content: 'two' },
      ])
      expect((await stat(at(`many/${name}`))).mode & 0o777).toBe(0o600)
      expect((await stat(at('many/two'))).mode & 0o777).toBe(0o644)
      expect((await pullFile(client, at(`many/${name}`))).toString()).toBe('one')
    })

    test('a folder is listed by name with sizes and types; one that is not there is null', async () => {
      await pushFiles(client, [{ path: at('list/b.txt'), content: 'four' }])
      await makeDir(client, at('list/a'), { permissions: 0o700 })
      await symlink(at('list/b.txt'), at('list/c'))
      const files = await listFiles(client, at('list'))
      expect(files.map(({ name, type, size, permissions }) => ({ name, type, size, permissions }))).toEqual([
        { name: 'a', type: 'directory', size: null, permissions: 0o700 },
        { name: 'b.txt', type: 'file', size: 4, permissions: 0o644 },
        { name: 'c', type: 'symlink', size: null, permissions: 0o777 },
      ])
      expect((await listFiles(client, at('list'), { pattern: '*.txt' })).map(({ path }) => path)).toEqual([at('list/b.txt')])
      expect((await listFiles(client, at('list'), { itself: true })).map(({ name }) => name)).toEqual(['list'])
      expect(await findFiles(client, at('nowhere'))).toBeNull()
    })

    test('a file that is not there is an error of its kind, or null when that is asked', async () => {
      const error = await pullFile(client, at('nothing')).catch((each: unknown) => each)
      expect(error).toBeInstanceOf(PathError)
      expect(error).toMatchObject({ kind: 'not-found', path: at('nothing') })
      expect(await findFile(client, at('nothing'))).toBeNull()
    })

    test('what cannot be written says why', async () => {
      await expect(pushFiles(client, [{ path: 'relative', content: '' }])).rejects.toThrow('paths must be absolute')
      await expect(pushFiles(client, [{ path: at('x'), content: '', user: 'no-such-user' }])).rejects.toThrow(PathError)
    })

    test('removal takes one file, or all below', async () => {
      await pushFiles(client, [{ path: at('gone/a/b'), content: '' }])
      await removePath(client, at('gone/a/b'))
      await expect(removePath(client, at('gone/a/b'))).rejects.toMatchObject({ kind: 'not-found' })
      await pushFiles(client, [{ path: at('gone/a/b'), content: '' }])
      await expect(removePath(client, at('gone'))).rejects.toMatchObject({ kind: 'generic-file-error' })
      await removePath(client, at('gone'), { recursive: true })
      await removePath(client, at('gone'), { recursive: true })
      expect(await findFiles(client, at('gone'))).toBeNull()
    })
  })

  describe('exec', () => {
    test('passes input, environment and folder, and gives output and exit code', async () => {
      const result = await exec(client, ['sh', '-c', 'cat; echo "$A $PWD"; exit 3'], {
        stdin: 'in\n',
        environment: { A: '1' },
        workingDir: '/tmp',
      })
      expect(result).toEqual({ exitCode: 3, stdout: 'in\n1 /tmp\n', stderr: '' })
    })

    test('keeps standard error apart when asked, and mixes it in otherwise', async () => {
      const command = ['sh', '-c', 'echo out; echo err >&2']
      expect(await exec(client, command, { splitStderr: true })).toEqual({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' })
      expect((await exec(client, command)).stdout.split('\n').sort()).toEqual(['', 'err', 'out'])
    })

    test('carries much data both ways', async () => {
      const input = randomBytes(300_000).toString('base64')
      expect((await exec(client, ['cat'], { stdin: input })).stdout).toBe(input)
    })

    test('takes the surroundings of a service', async () => {
      expect(await execOutput(client, ['sh', '-c', 'echo "$A:$PWD"'], { serviceContext: 'sleeper' })).toBe('1:/tmp\n')
    })

    test('is killed after its time', async () => {
      await expect(exec(client, ['sleep', '30'], { seconds: 0.3 })).rejects.toMatchObject({ code: 'CHARM_PEBBLE_CHANGE_FAILED' })
    })

    test('gets a signal when asked', async () => {
      const abort = new AbortController()
      const started = join(pebble.folder, 'started')
      const command = ['sh', '-c', `touch ${started}; exec sleep 30`]
      const running = exec(client, command, { signal: { name: 'SIGTERM', when: abort.signal } })
      await until(async () => (await findFile(client, started)) !== null)
      abort.abort()
      expect((await running).exitCode).toBe(143)
      expect((await exec(client, ['sleep', '30'], { signal: { name: 'SIGKILL', when: abort.signal } })).exitCode).toBe(137)
    })

    test('says that a command is missing, and nothing of the daemon’s environment', async () => {
      await expect(exec(client, ['no-such-command'])).rejects.toThrow('cannot find executable "no-such-command"')
      const error = await execOutput(client, ['sh', '-c', 'echo "$CANARY"; exit 1']).catch((each: unknown) => each)
      expect(error).toBeInstanceOf(ExecError)
      expect(String(error)).not.toContain('the-daemon-knows-a-secret')
    })
  })

  describe('checks', () => {
    test('go down and up with what they watch, and the hooks for it are notices', async () => {
      const flag = join(pebble.folder, 'up')
      const check = {
        override: 'replace',
        period: '50ms',
        timeout: '40ms',
        threshold: 1,
        level: 'alive',
        exec: { command: `test -e ${flag}` },
      } as const
      const layer: Layer = { checks: { flag: check } }
      await addLayer(client, 'checks', layer)
      expect(isPlanned(layer, await getPlan(client))).toBe(true)
      const status = async (): Promise<string | undefined> => (await listChecks(client, { names: ['flag'] }))[0]?.status
      await until(async () => (await status()) === 'down')
      expect(await isHealthy(client)).toBe(false)
      expect(await refreshCheck(client, 'flag')).toContain('exit status 1')
      await pushFiles(client, [{ path: flag, content: '' }])
      await until(async () => (await status()) === 'up')
      expect(await isHealthy(client, { level: 'alive' })).toBe(true)
      expect(await refreshCheck(client, 'flag')).toBeNull()
    })

    test('are stopped and started, and say what changed', async () => {
      expect(await stopChecks(client, ['flag'])).toEqual(['flag'])
      expect(await stopChecks(client, ['flag'])).toEqual([])
      expect((await listChecks(client, { names: ['flag'] }))[0]?.status).toBe('inactive')
      expect(await startChecks(client, ['flag'])).toEqual(['flag'])
      expect((await listChecks(client, { level: 'alive' })).map(({ name }) => name)).toEqual(['flag'])
      await stopChecks(client, ['flag'])
    })
  })

  describe('notices', () => {
    test('are kept and counted by key', async () => {
      const id = await addNotice(client, 'example.com/backup', { data: { path: '/x' } })
      expect(await addNotice(client, 'example.com/backup', { data: { path: '/y' } })).toBe(id)
      expect(await getNotice(client, id)).toMatchObject({
        type: 'custom',
        key: 'example.com/backup',
        occurrences: 2,
        lastData: { path: '/y' },
      })
      const notices = await listNotices(client, { types: ['custom'], keys: ['example.com/backup'] })
      expect(notices.map((notice) => notice.id)).toEqual([id])
      expect(await listNotices(client, { types: ['custom'], after: notices[0]?.lastRepeated ?? '' })).toEqual([])
      await expect(addNotice(client, 'bad')).rejects.toThrow('invalid key "bad"')
      await expect(getNotice(client, '999999')).rejects.toMatchObject({ status: 404 })
    })

    test('are waited for', async () => {
      const coming = listNotices(client, { keys: ['example.com/later'], waitSeconds: 20 })
      await addNotice(client, 'example.com/later')
      expect((await coming).map(({ key }) => key)).toEqual(['example.com/later'])
    })
  })

  describe('identities', () => {
    test('are put beside those that are there, and taken away', async () => {
      await replaceIdentities(client, { bob: { access: 'read', local: { userId: 4242 } } })
      await replaceIdentities(client, { eve: { access: 'metrics', local: { userId: 4243 } } })
      expect(await listIdentities(client)).toMatchObject({
        bob: { access: 'read', local: { userId: 4242 } },
        eve: { access: 'metrics', local: { userId: 4243 } },
      })
      await expect(replaceIdentities(client, { twin: { access: 'read', local: { userId: 4242 } } })).rejects.toThrow(PebbleError)
      await removeIdentities(client, ['bob', 'eve'])
      expect(await listIdentities(client)).toEqual({})
    })
  })

  describe('a restart', () => {
    test('forgets layers that the charm added', async () => {
      expect(isPlanned(sleeper, await getPlan(client))).toBe(true)
      await pebble.restart()
      expect(isPlanned(sleeper, await getPlan(client))).toBe(false)
    })
  })
}
