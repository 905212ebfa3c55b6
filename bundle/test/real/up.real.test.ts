import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { compareRights } from '../../../tools/rights.ts'
import { charmRights } from '../../src/cluster/charm-rights.ts'
import { connectKubernetes, type KubernetesConnection } from '../../src/kubernetes/connection.ts'
import { readKubeconfig } from '../../src/kubernetes/kubeconfig.ts'
import { metacontrollerObjects } from '../../src/metacontroller/account.ts'
import type { Ended } from '../cli/program.ts'
import { until } from '../cluster/open.ts'
import { serveAdmission } from './admission-server.ts'
import { type Running, runProgram, startProgram } from './program.ts'

// `charmed-feast up --kubernetes` from the first day of a cluster to the last, in the order of the tests.

const limit = 120_000
const podDefaults = '/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults'
const podDefault = 'feast-integrator-access-feast'
const variable = { name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }

let cluster: Cluster
let kubernetes: KubernetesConnection
let state: string
let bundle: Running

const command = (...words: readonly string[]): Promise<Ended> => runProgram(...words, '--state', state)

const begin = async (): Promise<void> => {
  bundle = startProgram('up', '--kubernetes', cluster.kubeconfig, '--state', state)
  await bundle.says('Integration provider')
}

/** The file that a namespace's Secret holds. */
const fileIn = async (namespace: string): Promise<string> => {
  const secret = await kubernetes.find(`/api/v1/namespaces/${namespace}/secrets/feature-store-yaml`)
  const { 'feature_store.yaml': file = '' } = (secret?.data ?? {}) as Readonly<Record<string, string>>
  return Buffer.from(file, 'base64').toString()
}

const names = (objects: readonly KubernetesObject[]): readonly string[] => objects.map(({ metadata }) => metadata.name).sort()

beforeAll(async () => {
  cluster = await startCluster({ controllers: true })
  kubernetes = connectKubernetes(await readKubeconfig(cluster.kubeconfig))
  state = await mkdtemp(join(tmpdir(), 'feast-'))
  await begin()
}, 600_000)

afterAll(async () => {
  bundle?.child.kill('SIGTERM')
  await bundle?.ended
  kubernetes?.[Symbol.dispose]()
  await cluster?.[Symbol.asyncDispose]()
  await rm(state, { recursive: true, force: true })
})

test('every application is active, and the kinds that the cluster lacked are there and said', async () => {
  const { out } = await command('status')
  for (const unit of ['feast-integrator', 'feast-ui', 'resource-dispatcher', 'offline-store', 'online-store', 'registry']) {
    expect(out).toMatch(new RegExp(`^${unit}/0\\* +active +idle `, 'm'))
  }
  for (const kind of ['PodDefault', 'DecoratorController', 'VirtualService'])
    expect(bundle.said()).toContain(`the cluster knew no ${kind}: CustomResourceDefinition`)
  expect(bundle.said()).not.toContain(' failed')
})

test('a user’s namespace in the real API server gets Secret and PodDefault', async () => {
  expect(await command('add-namespace', 'alice')).toMatchObject({ exit: 0, err: '' })
  await until(() => kubernetes.find(`${podDefaults}/${podDefault}`), limit)
  expect(await until(() => fileIn('alice'), limit)).toContain('offline_store:')
})

test('a command runs as a notebook, also where no webhook merges PodDefaults, and its pod goes with it', async () => {
  const script = 'process.stdout.write(require("fs").readFileSync(process.env.FEAST_FS_YAML_FILE_PATH))'
  const { exit, out } = await runProgram('notebook', '--state', state, '-n', 'alice', '--', process.execPath, '-e', script)
  expect(exit).toBe(0)
  // Certificates are where they are on this machine.
  const others = (file: string): readonly string[] => file.split('\n').filter((line) => !line.includes('sslrootcert'))
  const same = JSON.stringify(others(out)) === JSON.stringify(others(await fileIn('alice')))
  expect([same, others(out).length > 10]).toEqual([true, true])
  expect((await kubernetes.list('/api/v1/namespaces/alice/pods')).items).toEqual([])
})

test('a pod that a StatefulSet makes carries the file and the variable', async () => {
  await using admission = await serveAdmission(kubernetes)
  const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
  await kubernetes.call({ method: 'POST', path: webhooks, body: admission.configuration })
  const labels = { statefulset: 'nb', 'access-feast': 'true' }
  const probe = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'probe', labels }, spec: { containers: [{ name: 'nb', image: 'x' }] } }
  const pods = '/api/v1/namespaces/alice/pods'
  // A webhook is asked from a moment on that nobody announces.
  await until(async () => {
    const { metadata } = await kubernetes.call({ method: 'POST', path: pods, query: { dryRun: 'All' }, body: probe })
    return metadata.annotations?.[`poddefault.admission.kubeflow.org/poddefault-${podDefault}`] !== undefined
  }, limit)
  const template = { metadata: { labels }, spec: probe.spec }
  const spec = { serviceName: 'nb', selector: { matchLabels: labels }, template }
  const body = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'nb' }, spec }
  await kubernetes.call({ method: 'POST', path: '/apis/apps/v1/namespaces/alice/statefulsets', body })
  const pod = await until(() => kubernetes.find(`${pods}/nb-0`), limit)
  expect(pod.metadata.ownerReferences).toMatchObject([{ kind: 'StatefulSet', name: 'nb' }])
  expect(pod.spec).toMatchObject({
    volumes: expect.arrayContaining([
      expect.objectContaining({ secret: { secretName: 'feature-store-yaml', optional: true, defaultMode: 420 } }),
    ]),
    containers: [
      { env: [variable], volumeMounts: expect.arrayContaining([{ name: 'feature-store-yaml', mountPath: '/feast', readOnly: true }]) },
    ],
  })
  await kubernetes.remove(`${webhooks}/admission-webhook`)
})

test('an API server that goes and comes in the middle: a new password and a new namespace are dealt with as before', async () => {
  const before = await fileIn('alice')
  await cluster.restart()
  await until(async () => (await command('rotate-password', 'online-store')).exit === 0, limit)
  await until(async () => ![before, ''].includes(await fileIn('alice')), limit)
  await until(async () => (await command('add-namespace', 'bob')).exit === 0, limit)
  expect(await until(() => fileIn('bob'), limit)).toBe(await fileIn('alice'))
}, 300_000)

test('nobody in the model is an administrator: the charms and metacontroller did what their rules say, and nothing else', async () => {
  const { items } = await kubernetes.list('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings')
  const bound = items.filter((object) => JSON.stringify(object.subjects ?? []).includes('"kubeflow"'))
  expect(names(bound)).toEqual(['kubeflow-feast-integrator', 'kubeflow-metacontroller', 'kubeflow-resource-dispatcher'])
  const rights = [...(await charmRights('kubeflow')), ...metacontrollerObjects('kubeflow')]
  for (const account of ['resource-dispatcher', 'metacontroller', 'feast-ui']) {
    const own = rights.filter(({ metadata: { name } }) => name.endsWith(account))
    const requests = (await cluster.readRequests('kubeflow', account)).filter(({ resource }) => resource !== '')
    expect([account, compareRights(own, requests).beyond]).toEqual([account, []])
    if (account !== 'feast-ui') expect(requests).not.toEqual([])
  }
})

test('the kubeconfig is nowhere in the state folder, and neither is its token', async () => {
  const { users } = JSON.parse(await readFile(cluster.kubeconfig, 'utf8')) as {
    readonly users: readonly [{ readonly user: { readonly token: string } }]
  }
  const entries = await readdir(state, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1').catch(() => '')),
  )
  expect(texts.length).toBeGreaterThan(20)
  expect(texts.some((text) => text.includes(users[0].user.token))).toBe(false)
  expect(bundle.said()).not.toContain(users[0].user.token)
})

test('a second bundle does not take over what the first one has made', async () => {
  const { exit, err } = await runProgram('up', '--exit', '--ephemeral', '--kubernetes', cluster.kubeconfig)
  expect(exit).toBe(1)
  expect(err).toContain('cannot use namespace "kubeflow": somebody else made it; choose another with --model')
})

test('down takes out what is ours, and nothing else', async () => {
  const mine = { apiVersion: 'kubeflow.org/v1alpha1', kind: 'PodDefault', metadata: { name: 'mine' }, spec: { selector: {} } }
  await kubernetes.call({ method: 'POST', path: podDefaults, body: mine })
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' } }
  await kubernetes.call({ method: 'POST', path: '/api/v1/namespaces/alice/secrets', body: secret })
  expect((await command('down')).exit).toBe(0)
  expect(await bundle.ended).toBe(0)
  expect(names((await kubernetes.list('/api/v1/namespaces')).items)).toEqual(expect.arrayContaining(['alice', 'bob']))
  expect(await kubernetes.find('/api/v1/namespaces/kubeflow')).toBeNull()
  expect(names((await kubernetes.list(podDefaults)).items)).toEqual(['mine'])
  expect(names((await kubernetes.list('/api/v1/namespaces/alice/secrets')).items)).toEqual(['mine'])
  const definitions = await kubernetes.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
  expect(names(definitions.items)).toEqual(['poddefaults.kubeflow.org'])
  for (const plural of ['clusterroles', 'clusterrolebindings']) {
    const { items } = await kubernetes.list(`/apis/rbac.authorization.k8s.io/v1/${plural}`)
    expect(names(items).filter((name) => name.startsWith('kubeflow'))).toEqual([])
  }
})

test('up again brings back what was there, from the state folder', async () => {
  await begin()
  expect(await until(() => fileIn('bob'), limit)).toContain('offline_store:')
  expect((await command('status')).out).toMatch(/^resource-dispatcher\/0\* +active +idle /m)
}, 300_000)
