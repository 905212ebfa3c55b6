import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { admitPods } from '../../src/notebook/pod-default.ts'
import { runNotebook } from '../../src/notebook/run-notebook.ts'
import { openTestCluster, type TestCluster, until, userNamespace } from '../cluster/open.ts'

let folder: string
let opened: TestCluster
const base64 = (value: string): string => Buffer.from(value).toString('base64')

const podDefault = (optional = true): object => ({
  kind: 'PodDefault',
  metadata: { name: 'access-feast' },
  spec: {
    selector: { matchLabels: { 'access-feast': 'true' } },
    env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }],
    volumeMounts: [{ mountPath: '/feast', name: 'feature-store-yaml', readOnly: true }],
    volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml', optional } }],
  },
})
const secret = (files: Readonly<Record<string, string>>): object => ({
  kind: 'Secret',
  metadata: { name: 'feature-store-yaml' },
  data: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, base64(content)])),
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notebook of alice-'))
  opened = await openTestCluster({ admit: admitPods })
  for (const name of ['alice', 'bob']) {
    await opened.create('/api/v1/namespaces', userNamespace(name))
    await opened.create(`/apis/kubeflow.org/v1alpha1/namespaces/${name}/poddefaults`, podDefault())
    await opened.create(`/api/v1/namespaces/${name}/secrets`, secret({ 'feature_store.yaml': `project: ${name}` }))
  }
})

afterEach(async () => {
  await opened[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

interface Ran {
  readonly code: number
  readonly output: string
}

const run = async (script: string, given: { readonly namespace?: string; readonly signal?: NodeJS.Signals } = {}): Promise<Ran> => {
  const { namespace = 'alice', signal } = given
  const output = Promise.withResolvers<string>()
  const code = await runNotebook({
    namespace,
    command: ['sh', '-c', script],
    connection: opened.kubernetes,
    folder,
    env: { PATH: process.env.PATH },
    stdio: 'pipe',
    log: () => undefined,
    onStart: ({ stdout, stderr, ...child }) => {
      if (stdout) output.resolve(text(stdout))
      void stderr?.resume()
      if (signal) stdout?.once('data', () => process.kill(child.pid ?? 0, signal))
      return undefined
    },
  })
  return { code, output: await output.promise }
}

test('a command finds its namespace’s file where the variable says, and its exit code comes back', async () => {
  expect(await run('cat "$FEAST_FS_YAML_FILE_PATH"; exit 3')).toEqual({ code: 3, output: 'project: alice' })
  expect(await run('cat "$FEAST_FS_YAML_FILE_PATH"', { namespace: 'bob' })).toEqual({ code: 0, output: 'project: bob' })
})

test('while it runs there is a pod; folders are 0700, files 0600; afterwards nothing is left', async () => {
  const script =
    'd=$(dirname "$FEAST_FS_YAML_FILE_PATH"); stat -L -c %a "$FEAST_FS_YAML_FILE_PATH" "$d" "$d/.." "$d/../.."; env | grep -c PATH'
  const pods = (): Promise<number> => opened.kubernetes.list('/api/v1/namespaces/alice/pods').then(({ items }) => items.length)
  const running = run(`${script}; sleep 0.2`)
  await until(async () => (await pods()) === 1)
  expect((await running).output.split('\n').slice(0, 4)).toEqual(['600', '700', '700', '700'])
  expect(await pods()).toBe(0)
  expect(await readdir(join(folder, 'alice'))).toEqual([])
})

test('paths of neighbours are those of this machine, in URLs encoded', async () => {
  const yaml =
    'path: "postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=/feast/registry-ca.crt"\nca: "/feast/registry-ca.crt"\nx: "/my/feast/registry-ca.crt"\n'
  const path = '/api/v1/namespaces/alice/secrets/feature-store-yaml'
  const body = { data: { 'feature_store.yaml': base64(yaml), 'registry-ca.crt': base64('pem') } }
  await opened.kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body })
  const { output } = await run(
    'cat "$FEAST_FS_YAML_FILE_PATH"; cat "$(dirname "$FEAST_FS_YAML_FILE_PATH")/registry-ca.crt"; echo; echo "$FEAST_FS_YAML_FILE_PATH"',
  )
  const [url = '', ca = '', other, pem, yamlPath = ''] = output.split('\n')
  const real = yamlPath.replace('feature_store.yaml', 'registry-ca.crt')
  expect(real.startsWith(folder)).toBe(true)
  expect(ca).toBe(`ca: "${real}"`)
  expect(url).toContain(`sslrootcert=${encodeURI(real)}"`)
  expect(url).not.toContain(' of ')
  expect([other, pem]).toEqual(['x: "/my/feast/registry-ca.crt"', 'pem'])
})

test('a Secret that changes is another file to the running command, never half of one', async () => {
  const path = '/api/v1/namespaces/alice/secrets/feature-store-yaml'
  const running = run('echo on; while ! grep -q second "$FEAST_FS_YAML_FILE_PATH"; do sleep 0.02; done; cat "$FEAST_FS_YAML_FILE_PATH"')
  await until(async () => (await opened.kubernetes.list('/api/v1/namespaces/alice/pods')).items.length === 1)
  const body = { data: { 'feature_store.yaml': base64('second') } }
  await opened.kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body })
  expect(await running).toEqual({ code: 0, output: 'on\nsecond' })
})

test('a signal ends it with 128 and its number', async () => {
  expect((await run('echo on; exec sleep 60', { signal: 'SIGTERM' })).code).toBe(143)
})

test('a Secret that is not there yet: an optional one is no file, another one is waited for', async () => {
  await opened.kubernetes.call({ method: 'DELETE', path: '/api/v1/namespaces/alice/secrets/feature-store-yaml' })
  expect((await run('test -e "$FEAST_FS_YAML_FILE_PATH"')).code).toBe(1)
  const path = '/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults/access-feast'
  await opened.kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: podDefault(false) })
  const running = run('cat "$FEAST_FS_YAML_FILE_PATH"')
  await until(async () => (await opened.kubernetes.list('/api/v1/namespaces/alice/pods')).items.length === 1)
  await opened.create('/api/v1/namespaces/alice/secrets', secret({ 'feature_store.yaml': 'late' }))
  expect(await running).toEqual({ code: 0, output: 'late' })
})

test('what the cluster refuses, and what cannot be run, is said', async () => {
  await expect(run('true', { namespace: 'carol' })).rejects.toMatchObject({ code: 'BUNDLE_NOTEBOOK_REFUSED' })
  const options = { namespace: 'alice', connection: opened.kubernetes, folder, env: {}, log: () => undefined }
  await expect(runNotebook({ ...options, command: ['/no/such/program'] })).rejects.toThrow(
    'cannot run command "/no/such/program": there is no such program',
  )
  expect(await readdir(join(folder, 'alice'))).toEqual([])
})
