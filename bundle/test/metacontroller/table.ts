import type { KubernetesObject } from '@charmed-feast/charm'
import { describe, expect, test } from 'vitest'

import { until, userNamespace } from '../cluster/open.ts'
import {
  controllerObject,
  controllers,
  type OpenCluster,
  openStage as openStageOn,
  type Question,
  type Stage,
  type StageOptions,
} from './hook.ts'

// Row by row what was observed of metacontroller 4.17.2 and 4.11.22 (real-parts.md §4).

const secrets = '/api/v1/namespaces/alice/secrets'
const alice = '/api/v1/namespaces/alice'
const secret = (name = 's', given: object = { data: { a: 'MQ==' } }, namespace = 'alice'): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  ...given,
})
const podDefault = (spec: object): object => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name: 'p', namespace: 'alice' },
  spec,
})
const both = (): object => ({ attachments: [secret(), podDefault({ selector: {} })] })

const forAlice = ({ questions }: Stage): readonly Question[] => questions.filter(({ body }) => body.object.metadata.name === 'alice')
const resync = (stage: Stage): number => stage.fire((ms) => ms === 10_000)
const events = async ({ kubernetes }: Stage): Promise<readonly KubernetesObject[]> =>
  (await kubernetes.list('/api/v1/namespaces/default/events')).items
const messages = async (stage: Stage): Promise<readonly string[]> => (await events(stage)).map(({ message }) => String(message))

/** Asks once more, and waits until all that comes of it is done. */
const settle = async (stage: Stage): Promise<void> => {
  await until(stage.idle)
  const before = forAlice(stage).length
  await until(() => resync(stage) > 0)
  await until(() => forAlice(stage).length > before && stage.idle())
}

/** Waits until the Secret is made, and metacontroller knows it. */
const made = async (stage: Stage): Promise<void> => {
  await until(() => forAlice(stage).some(({ body }) => 'alice/s' in (body.attachments['Secret.v1'] ?? {})))
  await settle(stage)
  await settle(stage)
}

/** The table as tests, on the API server that is opened for each. */
export const testMetacontroller = (open: OpenCluster): void => {
  const openStage = (options?: StageOptions): Promise<Stage> => openStageOn(open, options)

  describe('metacontroller', () => {
    test('a matching namespace: asked with every group empty, then made with owner and annotations, then asked again', async () => {
      await using stage = await openStage()
      stage.reply = both
      const object = await until(() => stage.get(`${secrets}/s`))
      await until(() => forAlice(stage).some(({ body }) => 'alice/s' in (body.attachments['Secret.v1'] ?? {})))
      const [first] = forAlice(stage)
      expect(first?.keys).toEqual(['controller', 'object', 'attachments', 'related', 'finalizing'])
      expect(first?.body.controller).toMatchObject({ kind: 'DecoratorController', metadata: { uid: expect.any(String) } })
      expect(first?.body.object).toMatchObject({
        apiVersion: 'v1',
        kind: 'Namespace',
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      })
      expect(JSON.stringify(first?.body.attachments)).toBe(
        '{"ConfigMap.v1":{},"PodDefault.kubeflow.org/v1alpha1":{},"Secret.v1":{},"ServiceAccount.v1":{}}',
      )
      const { annotations, ownerReferences, managedFields } = object.metadata
      expect(annotations?.['metacontroller.k8s.io/decorator-controller']).toBe('dispatcher')
      expect(JSON.parse(annotations?.['metacontroller.k8s.io/last-applied-configuration'] ?? '')).toEqual(secret())
      const uid = (await stage.get(alice))?.metadata.uid
      expect(ownerReferences).toEqual([
        { apiVersion: 'v1', kind: 'Namespace', name: 'alice', uid, controller: true, blockOwnerDeletion: true },
      ])
      expect(managedFields).toMatchObject([{ manager: 'metacontroller' }])
    })

    test('the same answer writes nothing; another one is applied at the next resync, once', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      stage.writes.length = 0
      await settle(stage)
      await settle(stage)
      expect(stage.writes).toEqual([])
      stage.reply = () => ({ attachments: [secret('s', { data: { a: 'Mg==' } }), podDefault({ selector: {} })] })
      await settle(stage)
      await until(() => stage.writes.length > 0)
      await settle(stage)
      expect(stage.writes).toEqual([`PUT ${secrets}/s 200`])
    })

    test('stringData is written at each resync, and never changes anything', async () => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [secret('s', { stringData: { a: 'x' } })] })
      await made(stage)
      const version = (await stage.get(`${secrets}/s`))?.metadata.resourceVersion
      for (let turn = 0; turn < 2; turn += 1) {
        stage.writes.length = 0
        await settle(stage)
        await until(() => stage.writes.length === 1)
        expect(stage.writes).toEqual([`PUT ${secrets}/s 200`])
      }
      expect((await stage.get(`${secrets}/s`))?.metadata.resourceVersion).toBe(version)
    })

    test('what a user changes is set back, what a user adds stays', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      await stage.patch(`${secrets}/s`, { data: { a: 'WA==', mine: 'WQ==' }, metadata: { labels: { mine: 'x' } } })
      const dataOf = async (): Promise<unknown> => (await stage.get(`${secrets}/s`))?.data
      await until(async () => JSON.stringify(await dataOf()).includes('MQ=='))
      expect(await stage.get(`${secrets}/s`)).toMatchObject({ data: { a: 'MQ==', mine: 'WQ==' }, metadata: { labels: { mine: 'x' } } })
    })

    test('what a user deletes is made again', async () => {
      await using stage = await openStage()
      stage.reply = both
      const uid = (await until(() => stage.get(`${secrets}/s`))).metadata.uid
      await settle(stage)
      await stage.remove(`${secrets}/s`)
      await until(async () => ((await stage.get(`${secrets}/s`))?.metadata.uid ?? uid) !== uid)
    })

    test('what an answer leaves out is deleted', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      stage.reply = () => ({ attachments: [] })
      await settle(stage)
      await until(async () => (await stage.get(`${secrets}/s`)) === null)
    })

    test('an object that was there before is left as it is, without an event; the others are made', async () => {
      await using stage = await openStage({ controller: null })
      await stage.create(secrets, secret('s', { data: { theirs: 'MQ==' } }))
      stage.reply = both
      await stage.create(controllers, controllerObject('http://dispatcher.kubeflow'))
      await until(() => stage.get('/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults/p'))
      await settle(stage)
      const theirs = await stage.get(`${secrets}/s`)
      expect(theirs?.data).toEqual({ theirs: 'MQ==' })
      expect(theirs?.metadata.ownerReferences).toBeUndefined()
      expect(stage.lines.some((line) => line.includes('child object already exists: Secret "alice/s"'))).toBe(true)
      expect(await events(stage)).toEqual([])
    })

    test('of two attachments of one name the last counts', async () => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [secret('s', { data: { a: 'MQ==' } }), secret('s', { data: { a: 'Mg==' } })] })
      expect((await until(() => stage.get(`${secrets}/s`))).data).toEqual({ a: 'Mg==' })
      expect(await events(stage)).toEqual([])
    })

    test('a kind that is no attachment is made, and never seen again', async () => {
      await using stage = await openStage()
      const path = '/api/v1/namespaces/alice/services/x'
      const service = (port: number): object => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'x', namespace: 'alice' },
        spec: { ports: [{ port, protocol: 'TCP', targetPort: port }] },
      })
      stage.reply = () => ({ attachments: [service(1)] })
      const object = await until(() => stage.get(path))
      expect(object.metadata.ownerReferences).toMatchObject([{ name: 'alice' }])
      stage.reply = () => ({ attachments: [service(2)] })
      await settle(stage)
      stage.reply = () => ({ attachments: [] })
      await settle(stage)
      await settle(stage)
      expect((await stage.get(path))?.spec).toMatchObject({ ports: [{ port: 1 }] })
      expect(forAlice(stage).flatMap(({ body }) => Object.keys(body.attachments))).not.toContain('Service.v1')
    })

    test('an attachment for another namespace is made there, is seen, and goes when it is left out', async () => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [secret('x', {}, 'default')] })
      const path = '/api/v1/namespaces/default/secrets/x'
      expect((await until(() => stage.get(path))).metadata.ownerReferences).toMatchObject([{ kind: 'Namespace', name: 'alice' }])
      await until(() => forAlice(stage).some(({ body }) => 'default/x' in (body.attachments['Secret.v1'] ?? {})))
      stage.reply = () => ({ attachments: [] })
      await settle(stage)
      await until(async () => (await stage.get(path)) === null)
    })

    test.each([
      [
        'without a namespace',
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
        'the server does not allow this method on the requested resource',
      ],
      ['of a bad name', secret('Bad_Name'), 'metadata.name: Invalid value: "Bad_Name"'],
    ])('one object %s: an event says so, the others are made', async (_, bad, message) => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [bad, secret('good')] })
      await until(() => stage.get(`${secrets}/good`))
      const [event] = await until(async () => ((await events(stage)).length > 0 ? events(stage) : null))
      expect(event).toMatchObject({ type: 'Warning', reason: 'SyncError', involvedObject: { kind: 'Namespace', name: 'alice' } })
      expect(event?.message).toContain("can't reconcile children for Namespace /alice")
      expect(event?.message).toContain(message)
    })

    test('labels and annotations of an answer are set on the namespace; null takes away', async () => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [], labels: { a: '1' }, annotations: { b: '2' } })
      await until(async () => (await stage.get(alice))?.metadata.labels?.a === '1')
      expect((await stage.get(alice))?.metadata.annotations).toEqual({ b: '2' })
      stage.reply = () => ({ attachments: [], labels: { a: null } })
      await settle(stage)
      await until(async () => (await stage.get(alice))?.metadata.labels?.a === undefined)
      expect((await stage.get(alice))?.metadata.labels).toMatchObject({ 'user.kubeflow.org/enabled': 'true' })
    })

    test.each([
      ['500', { status: 500, text: 'boom' }, 'unsupported status code: 500 body: boom'],
      ['no JSON', { status: 200, text: 'hello' }, 'hello'],
      ['a closed connection', { status: 0, text: '' }, 'fetch failed'],
    ])('%s: nothing is deleted, an event quotes it, retries are doubled', async (_, reply, quoted) => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      stage.reply = () => reply
      await settle(stage)
      const retry = (): Promise<number> => until(() => stage.waits().find((ms) => ms < 10_000))
      const first = await retry()
      for (const ms of [first, first * 2, first * 4]) await until(() => stage.fire((each) => each === ms))
      expect(await retry()).toBe(first * 8)
      expect(Math.log2(first / 16)).toBe(Math.round(Math.log2(first / 16)))
      expect(await stage.get(`${secrets}/s`)).not.toBeNull()
      expect((await messages(stage)).every((message) => message.includes(quoted))).toBe(true)
      stage.reply = both
      expect(stage.fire((ms) => ms === first * 8)).toBe(1)
      await settle(stage)
      await settle(stage)
      stage.reply = () => reply
      await settle(stage)
      expect(await retry()).toBeLessThanOrEqual(32)
    })

    test('429: nothing is deleted, no event, asked again when the answer says', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      stage.reply = () => ({ status: 429, text: '', retryAfter: '3' })
      await settle(stage)
      await until(() => stage.waits().includes(3_000))
      expect(await stage.get(`${secrets}/s`)).not.toBeNull()
      expect(await events(stage)).toEqual([])
      const asked = forAlice(stage).length
      stage.fire((ms) => ms === 3_000)
      await until(() => forAlice(stage).length > asked)
    })

    test('a hook that does not answer is given up', async () => {
      await using stage = await openStage({ spec: () => ({ hooks: { sync: { webhook: { url: 'http://d.k/sync', timeout: '0.05s' } } } }) })
      stage.reply = () => ({ status: -1, text: '' })
      await until(() => stage.waits().some((ms) => ms < 10_000))
      expect(await until(async () => (await messages(stage))[0])).toContain('timeout')
      stage.reply = both
      // A busy machine may take longer than the twentieth of a second once more.
      await until(() => {
        stage.fire((ms) => ms < 10_000)
        return stage.get(`${secrets}/s`)
      })
    })

    test('resyncAfterSeconds brings the next question earlier', async () => {
      await using stage = await openStage()
      stage.reply = () => ({ attachments: [], resyncAfterSeconds: 2 })
      await until(() => stage.waits().includes(2_000))
      const asked = forAlice(stage).length
      stage.fire((ms) => ms === 2_000)
      await until(() => forAlice(stage).length > asked)
    })

    test('a label that says "false" is a label: the hook is asked; without the label it is not, and what is there stays', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      await stage.patch(alice, { metadata: { labels: { 'user.kubeflow.org/enabled': 'false' } } })
      await until(() => forAlice(stage).some(({ body }) => body.object.metadata.labels?.['user.kubeflow.org/enabled'] === 'false'))
      await stage.patch(alice, { metadata: { labels: { 'user.kubeflow.org/enabled': null } } })
      // What comes after a change shows that the change was seen.
      await stage.create('/api/v1/namespaces', userNamespace('bob'))
      await until(() => stage.questions.some(({ body }) => body.object.metadata.name === 'bob'))
      const asked = forAlice(stage).length
      await until(() => resync(stage))
      await until(() => stage.questions.filter(({ body }) => body.object.metadata.name === 'bob').length >= 2)
      expect(forAlice(stage).length).toBe(asked)
      expect(await stage.get(`${secrets}/s`)).not.toBeNull()
    })

    const withFinalize = {
      spec: () => ({ hooks: { sync: { webhook: { url: 'http://d.k/sync' } }, finalize: { webhook: { url: 'http://d.k/finalize' } } } }),
    }
    const finalizer = 'metacontroller.io/decoratorcontroller-dispatcher'
    /** As a dispatcher answers: done once nothing is left. */
    const finalizing = ({ body }: Question): object =>
      body.finalizing
        ? { attachments: [], finalized: Object.values(body.attachments).every((group) => Object.keys(group).length === 0) }
        : both()

    test('a finalize hook: every namespace is held, and let go when the label goes and the attachments are gone', async () => {
      await using stage = await openStage(withFinalize)
      stage.reply = finalizing
      await until(() => stage.get(`${secrets}/s`))
      expect((await stage.get(alice))?.metadata.finalizers).toEqual([finalizer])
      await stage.patch(alice, { metadata: { labels: { 'user.kubeflow.org/enabled': null } } })
      await until(async () => !(await stage.get(alice))?.metadata.finalizers)
      expect(await stage.get(`${secrets}/s`)).toBeNull()
      const last = forAlice(stage).filter(({ path }) => path === '/finalize')
      expect(last.every(({ body }) => body.finalizing && body.object.metadata.deletionTimestamp === undefined)).toBe(true)
    })

    test('a namespace that goes: the finalize hook is asked with its deletionTimestamp, then it goes', async () => {
      await using stage = await openStage(withFinalize)
      stage.reply = finalizing
      await until(() => stage.get(`${secrets}/s`))
      await until(async () => (await stage.get(alice))?.metadata.finalizers)
      await stage.remove(alice)
      await until(async () => (await stage.get(alice)) === null)
      expect(forAlice(stage).find(({ path }) => path === '/finalize')?.body.object.metadata.deletionTimestamp).toEqual(expect.any(String))
    })

    test('a namespace that goes, without finalize hook: sync is asked on, and what it says is not made again', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      await stage.patch(alice, { metadata: { finalizers: ['test/hold'] } })
      await stage.remove(alice)
      await until(() => forAlice(stage).some(({ body }) => body.object.metadata.deletionTimestamp !== undefined))
      await stage.remove(`${secrets}/s`)
      await settle(stage)
      await settle(stage)
      expect(await stage.get(`${secrets}/s`)).toBeNull()
      expect(await events(stage)).toEqual([])
    })

    test('without its DecoratorController attachments stay, and nobody is asked', async () => {
      await using stage = await openStage()
      stage.reply = both
      await made(stage)
      await stage.remove(`${controllers}/dispatcher`)
      await until(() => stage.waits().length === 0)
      expect(await stage.get(`${secrets}/s`)).not.toBeNull()
    })

    test('while the PodDefault kind is missing nothing is asked; when it comes, the controller starts by itself', async () => {
      await using stage = await openStage({ controller: null })
      stage.reply = both
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
      const definition = await stage.get(`${path}/poddefaults.kubeflow.org`)
      const isServed = async (): Promise<boolean> => {
        const resources = (await stage.get('/apis/kubeflow.org/v1alpha1'))?.resources
        return Array.isArray(resources) && resources.some(({ name }) => name === 'poddefaults')
      }
      await stage.remove(`${path}/poddefaults.kubeflow.org`)
      // A kind is served, and not served, a moment after its definition came or went.
      await until(async () => !(await isServed()), 30_000)
      await stage.create(controllers, controllerObject('http://dispatcher.kubeflow'))
      await until(() => stage.waits().includes(5_000))
      expect(stage.lines.join('\n')).toContain('can\'t find resource "poddefaults"')
      expect(stage.questions).toEqual([])
      await stage.create(path, { ...definition, metadata: { name: 'poddefaults.kubeflow.org' } })
      await until(isServed, 30_000)
      stage.fire((ms) => ms === 5_000)
      await until(() => stage.get(`${secrets}/s`))
    })

    test('a secretRef sends its token along', async () => {
      const secretRef = { name: 'hook', namespace: 'default', key: 'token' }
      await using stage = await openStage({ controller: null })
      await stage.create('/api/v1/namespaces/default/secrets', secret('hook', { stringData: { token: 'abc' } }, 'default'))
      const hooks = { sync: { webhook: { url: 'http://d.k/sync', authorization: { secretRef } } } }
      await stage.create(controllers, controllerObject('http://d.k', { hooks }))
      await until(() => stage.questions.length > 0)
      expect(stage.questions[0]?.authorization).toBe('Bearer abc')
    })

    test('writes keep their rate: ten at once, then five a second', async () => {
      await using stage = await openStage({ rate: { perSecond: 5, burst: 10 } })
      stage.reply = () => ({ attachments: Array.from({ length: 12 }, (_, index) => secret(`s${index}`)) })
      await until(() => stage.get(`${secrets}/s9`))
      const [wait = 0] = await until(() => {
        const waits = stage.waits().filter((ms) => ms < 1_000)
        return waits.length > 0 ? waits : null
      })
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(200)
      expect(await stage.get(`${secrets}/s10`)).toBeNull()
      while ((await stage.get(`${secrets}/s11`)) === null) {
        stage.fire((ms) => ms < 1_000)
        await until(async () => stage.waits().some((ms) => ms < 1_000) || (await stage.get(`${secrets}/s11`)) !== null)
      }
    })
  })
}
