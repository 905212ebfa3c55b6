import { readFile } from 'node:fs/promises'

import { expect, test } from 'vitest'

import { type Environment, parseContext } from '../src/context.ts'

const base: Environment = {
  JUJU_DISPATCH_PATH: 'hooks/install',
  JUJU_HOOK_NAME: 'install',
  JUJU_UNIT_NAME: 'feast-ui/12',
  JUJU_MODEL_NAME: 'kubeflow',
  JUJU_MODEL_UUID: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
  JUJU_CHARM_DIR: '/charm',
  JUJU_VERSION: '3.6.25',
  JUJU_CONTEXT_ID: 'feast-ui/12-install-1',
  JUJU_AGENT_SOCKET_ADDRESS: '@/var/lib/juju/agents/unit-feast-ui-12/agent.socket',
  JUJU_AGENT_SOCKET_NETWORK: 'unix',
  JUJU_API_ADDRESSES: '10.1.0.1:17070 10.1.0.2:17070',
  JUJU_CHARM_HTTP_PROXY: 'http://proxy',
  JUJU_CHARM_NO_PROXY: '',
  CLOUD_API_VERSION: '1.31.0',
}

test('names unit, model and place, and is frozen', () => {
  const context = parseContext(base)
  expect(context).toMatchObject({
    event: { kind: 'install' },
    name: 'install',
    unit: 'feast-ui/12',
    app: 'feast-ui',
    unitNumber: 12,
    modelName: 'kubeflow',
    charmDir: '/charm',
    jujuVersion: '3.6.25',
    apiAddresses: ['10.1.0.1:17070', '10.1.0.2:17070'],
    proxy: { http: 'http://proxy', https: null, ftp: null, no: null },
    cloudApiVersion: '1.31.0',
    machineId: null,
    debug: false,
    kubernetesUrl: null,
    containersDir: '/charm/containers',
    serviceAccountDir: '/var/run/secrets/kubernetes.io/serviceaccount',
  })
  expect(Object.isFrozen(context) && Object.isFrozen(context.event)).toBe(true)
})

test.each<[string, Environment, object]>([
  [
    'db-relation-changed',
    { JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:7', JUJU_REMOTE_APP: 'pg', JUJU_REMOTE_UNIT: 'pg/0' },
    { kind: 'relation-changed', endpoint: 'db', relationId: 7, remoteApp: 'pg', remoteUnit: 'pg/0', departingUnit: null },
  ],
  [
    'db-relation-broken',
    { JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:10', JUJU_REMOTE_APP: 'pg', JUJU_REMOTE_UNIT: '' },
    { kind: 'relation-broken', endpoint: 'db', relationId: 10, remoteApp: 'pg', remoteUnit: null, departingUnit: null },
  ],
  [
    'db-relation-departed',
    { JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:7', JUJU_REMOTE_UNIT: 'pg/0', JUJU_DEPARTING_UNIT: 'pg/0' },
    { kind: 'relation-departed', endpoint: 'db', relationId: 7, remoteApp: 'pg', remoteUnit: 'pg/0', departingUnit: 'pg/0' },
  ],
  ['c-pebble-ready', { JUJU_WORKLOAD_NAME: 'c' }, { kind: 'pebble-ready', container: 'c', notice: null, check: null }],
  [
    'c-pebble-custom-notice',
    { JUJU_WORKLOAD_NAME: 'c', JUJU_NOTICE_ID: '3', JUJU_NOTICE_TYPE: 'custom', JUJU_NOTICE_KEY: 'example.com/x' },
    { kind: 'pebble-custom-notice', container: 'c', notice: { id: '3', type: 'custom', key: 'example.com/x' }, check: null },
  ],
  [
    'c-pebble-check-failed',
    { JUJU_WORKLOAD_NAME: 'c', JUJU_PEBBLE_CHECK_NAME: 'up' },
    { kind: 'pebble-check-failed', container: 'c', notice: null, check: 'up' },
  ],
  [
    'secret-changed',
    { JUJU_SECRET_ID: 'secret:x', JUJU_SECRET_LABEL: 'db.1.user' },
    { kind: 'secret-changed', id: 'secret:x', label: 'db.1.user', revision: null },
  ],
  [
    'secret-remove',
    { JUJU_SECRET_ID: 'secret:x', JUJU_SECRET_LABEL: '', JUJU_SECRET_REVISION: '4' },
    { kind: 'secret-remove', id: 'secret:x', label: null, revision: 4 },
  ],
  [
    'data-storage-attached',
    { JUJU_STORAGE_ID: 'data/0', JUJU_STORAGE_LOCATION: '/srv', JUJU_STORAGE_KIND: 'filesystem' },
    { kind: 'storage-attached', storage: 'data/0', location: '/srv', storageKind: 'filesystem' },
  ],
  ['some-new-hook', {}, { kind: 'other', name: 'some-new-hook' }],
])('the hook %s is understood', (name, variables, event) => {
  const context = parseContext({ ...base, JUJU_DISPATCH_PATH: `hooks/${name}`, JUJU_HOOK_NAME: name, ...variables })
  expect(context.event).toEqual(event)
  expect(context.name).toBe(name)
})

test('an action is no hook, whatever it is called', () => {
  const env = { ...base, JUJU_DISPATCH_PATH: 'actions/install', JUJU_HOOK_NAME: '', JUJU_ACTION_NAME: 'install', JUJU_ACTION_UUID: '7' }
  expect(parseContext(env).event).toEqual({ kind: 'action', name: 'install', id: '7' })
})

test('an endpoint whose name looks like a hook is still an endpoint', () => {
  const env = {
    JUJU_DISPATCH_PATH: 'hooks/secret-relation-changed',
    JUJU_RELATION: 'secret',
    JUJU_RELATION_ID: 'secret:1',
    JUJU_REMOTE_APP: 'x',
  }
  expect(parseContext({ ...base, ...env }).event).toMatchObject({ kind: 'relation-changed', endpoint: 'secret' })
})

test.each(['JUJU_UNIT_NAME', 'JUJU_MODEL_NAME', 'JUJU_MODEL_UUID', 'JUJU_CHARM_DIR'])('without %s nothing starts', (variable) => {
  expect(() => parseContext({ ...base, [variable]: undefined })).toThrow(expect.objectContaining({ code: 'CHARM_CONTEXT_INVALID' }))
})

test.each([
  { JUJU_UNIT_NAME: 'feast-ui' },
  { JUJU_DISPATCH_PATH: 'hooks/db-relation-changed', JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:' },
  { JUJU_DISPATCH_PATH: 'hooks/secret-remove', JUJU_SECRET_ID: 'secret:x', JUJU_SECRET_REVISION: 'one' },
])('a number that is none is refused: %o', (variables) => {
  expect(() => parseContext({ ...base, ...variables })).toThrow('has no number')
})

test('the API server is found by its service, IPv6 too, unless it is named', () => {
  expect(parseContext({ ...base, KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '6443' }).kubernetesUrl).toBe(
    'https://10.0.0.1:6443',
  )
  expect(parseContext({ ...base, KUBERNETES_SERVICE_HOST: 'fd00::1' }).kubernetesUrl).toBe('https://[fd00::1]:443')
  const named = { ...base, KUBERNETES_SERVICE_HOST: '10.0.0.1', CHARM_KUBERNETES_URL: 'http://127.0.0.1:8001' }
  expect(parseContext(named).kubernetesUrl).toBe('http://127.0.0.1:8001')
})

test('every variable that is read is documented beside its field', async () => {
  const sources = await Promise.all(['context.ts', 'event.ts'].map((name) => readFile(new URL(`../src/${name}`, import.meta.url), 'utf8')))
  const comments = sources.flatMap((source) => source.match(/\/\*\*[\s\S]*?\*\//g) ?? []).join('\n')
  const read = [...sources.join('').matchAll(/'((?:JUJU|CHARM|KUBERNETES|CLOUD)_[A-Z_]+)'/g)].map(([, name]) => name ?? '')
  const documented = (name: string): boolean =>
    comments.includes(name) || (name.startsWith('JUJU_CHARM_') && name.endsWith('_PROXY') && comments.includes('JUJU_CHARM_…_PROXY'))
  expect(read.length).toBeGreaterThan(20)
  expect(read.filter((name) => !documented(name))).toEqual(['JUJU_DISPATCH_PATH', 'JUJU_HOOK_NAME'].filter((name) => !documented(name)))
  expect(comments).toContain('JUJU_DISPATCH_PATH')
})
