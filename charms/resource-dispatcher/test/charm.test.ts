import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { countCalls, losePod, runScenario, type State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { describeContainer } from '../src/container.ts'
import { deliver } from '../src/delivery.ts'
import { parseManifests } from '../src/manifest.ts'
import { ask, startServer } from './hook-server.ts'
import { delivered, manifest, overOnePebble, ownLayer, reference, root, run, says, sender, settle, six } from './reference.ts'

const name = 'resource-dispatcher'

const planOf = (state: State) =>
  state.containers[0]?.layers[name]?.services as
    | Readonly<Record<string, { command: string; environment?: Record<string, string> }>>
    | undefined

const objectOf = (state: State, kind: string) => state.kubernetes?.objects.find((each) => each.kind === kind)

describe('the two images', () => {
  test('ours is told the uid of the controller, as soon as there is one', async () => {
    const first = (await run(reference(), { name: 'config-changed' })).state
    expect(planOf(first)?.[name]?.environment).toBeUndefined()
    const settled = await settle(reference())
    expect(planOf(settled)?.[name]).toMatchObject({
      command: `resource-dispatcher --port 8080 --label user.kubeflow.org/enabled --folder ${root}`,
      environment: { DECORATOR_CONTROLLER_UID: objectOf(settled, 'DecoratorController')?.metadata.uid },
    })
  })

  test('another controller of the same name has another uid, and the service starts anew with it', async () => {
    const settled = await settle(reference())
    const objects = (settled.kubernetes?.objects ?? []).map((object) =>
      object.kind === 'DecoratorController' ? { ...object, metadata: { ...object.metadata, uid: 'another' } } : object,
    )
    const { state, containers } = await run({ ...settled, kubernetes: { objects, errors: [] } })
    expect(planOf(state)?.[name]?.environment).toEqual({ DECORATOR_CONTROLLER_UID: 'another' })
    expect(containers[name]?.operations.map(({ op }) => op).filter((op) => op !== 'push')).toEqual(['add-layer', 'replan'])
  })

  test('the Python one gets its own command and no variable', async () => {
    const settled = await settle(reference({ containers: [{ name }] }))
    expect(planOf(settled)?.[name]?.command).toBe(`python3 main.py --port 8080 --label user.kubeflow.org/enabled --folder ${root}`)
    expect(planOf(settled)?.[name]?.environment).toBeUndefined()
  })
})

describe('the cluster', () => {
  const ingressOf = (state: State) =>
    (objectOf(state, 'NetworkPolicy')?.spec as { readonly ingress: readonly unknown[] } | undefined)?.ingress

  test('a NetworkPolicy lets metacontroller’s pods alone reach the port; one option takes it away', async () => {
    const settled = await settle(reference())
    expect(ingressOf(settled)).toEqual([
      {
        from: [
          {
            podSelector: {
              matchExpressions: [
                {
                  key: 'app.kubernetes.io/name',
                  operator: 'In',
                  values: ['kubeflow-metacontroller-operator-charm', 'metacontroller-operator', 'metacontroller'],
                },
              ],
            },
          },
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metacontroller' } } },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
      { ports: [{ protocol: 'TCP', port: 15008 }] },
    ])
    const without = (await run({ ...settled, config: { 'network-policy': false } }, { name: 'config-changed' })).state
    expect(objectOf(without, 'NetworkPolicy')).toBeUndefined()
  })

  test('is the leader’s; every unit delivers and runs the service', async () => {
    const { state, kubernetes } = await run(reference({ leader: false, unit: 1 }), { name: 'config-changed' })
    expect(kubernetes?.writes).toEqual([])
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(delivered(state)).toEqual(delivered(await settle(reference())))
  })

  test('loses the application’s objects when its last unit goes, and not before', async () => {
    const settled = await settle(reference())
    const names = async (plannedUnits: number) =>
      (await run({ ...settled, plannedUnits }, { name: 'remove' })).kubernetes?.deleted.map(({ kind }) => kind)
    expect((await names(0))?.sort()).toEqual(['DecoratorController', 'NetworkPolicy', 'Service'])
    expect(await names(2)).toEqual([])
  })
})

describe('a rule of deviations.ts', () => {
  test('each relation that sends manifests is told that they may be secrets; by the leader alone', async () => {
    const marks = (state: State) => state.relations.map(({ localAppData }) => localAppData)
    expect(marks(await settle(reference()))).toEqual(six.map(() => ({ 'manifest-secrets': 'true' })))
    expect(marks((await run(reference({ leader: false, unit: 1 }))).state)).toEqual(six.map(() => ({})))
  })

  test('every unit reads the newest manifests, in a hook that has nothing to do with them', async () => {
    const id = 'secret:d5aaaaaaaaaaaaaaaa20'
    const text = (value: string) => ({ manifests: JSON.stringify([manifest('secrets', value)]) })
    const relation = { ...sender(2, 'secrets', []), remoteAppData: { is_secret: 'true', kubernetes_manifests: id } }
    const secrets = [{ id, label: null, content: text('old'), latestContent: text('new'), latestRevision: 2 }]
    const { state } = await run(reference({ leader: false, unit: 1, relations: [relation], secrets }))
    expect(Object.keys(delivered(state))).toEqual(['secrets/_global/new.yaml'])
    expect(state.secrets).toMatchObject([{ label: 'manifest.secrets.2', revision: 2 }])
  })
})

describe('what is delivered', () => {
  test('survives its pod: all files and the service are there again after one hook', async () => {
    const settled = await settle(reference())
    const lost = losePod(settled, { layers: { [name]: ownLayer } })
    const { state } = await run(lost, { name: 'pebble-ready', container: name })
    expect(state.containers[0]?.files).toEqual(settled.containers[0]?.files)
    expect(state.containers[0]?.serviceStatuses[name]).toBe('active')
  })

  test('can be read by the hook server’s user alone', async () => {
    const [parsed] = parseManifests(JSON.stringify([manifest('secrets', 'x')])).manifests
    const deliveries = [
      deliver('secrets', [{ relation: 'secrets:1', app: 'a', manifests: parsed ? [parsed] : [], problems: [], unreadable: false }]),
    ]
    const { folders = {} } = describeContainer({ deliveries, kept: {}, ownImage: true, label: 'x', controllerUid: null, token: null })
    expect(Object.values(folders).flatMap((files) => Object.values(files))).toMatchObject([{ permissions: 0o600 }])
  })

  test('reaches a namespace through the real hook server, value by value', async () => {
    const value = 'p\'w: {{ 7*7 }} {% x %} {# y #} \\ " 🔑\nproject: {{NAMESPACE}}'
    const sent = manifest('secrets', 'feature-store-yaml', { stringData: { 'feature_store.yaml': value } })
    const settled = await settle(says(reference(), 2, { kubernetes_manifests: JSON.stringify([sent]) }))
    await using server = await startServer({}, { DECORATOR_CONTROLLER_UID: String(objectOf(settled, 'DecoratorController')?.metadata.uid) })
    for (const [path, content] of Object.entries(settled.containers[0]?.files ?? {})) {
      const target = join(server.folder, path.slice(root.length + 1))
      await mkdir(dirname(target), { recursive: true })
      await writeFile(target, content)
    }
    const controllerUid = planOf(settled)?.[name]?.environment?.DECORATOR_CONTROLLER_UID ?? ''
    const attached = await ask(server, { controllerUid })
    expect(attached.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ConfigMap alice/m0',
      'Secret alice/feature-store-yaml',
      'ServiceAccount alice/m2',
      'PodDefault alice/m3',
      'Role alice/m4',
      'RoleBinding alice/m5',
    ])
    expect(attached[1]?.stringData).toEqual({ 'feature_store.yaml': value.replace('{{NAMESPACE}}', 'alice') })
  })
})

describe('the budget', () => {
  const secretId = (n: number): string => `secret:d5aaaaaaaaaaaaaaa${n}00`
  const secretly = reference({
    relations: six.map((relation) => ({ ...relation, remoteAppData: { is_secret: 'true', kubernetes_manifests: secretId(relation.id) } })),
    secrets: six.map(({ id, remoteAppData }) => ({
      id: secretId(id),
      content: { manifests: remoteAppData?.kubernetes_manifests ?? '[]' },
    })),
  })

  test.each([
    ['clear text', reference()],
    ['secrets', secretly],
  ])('of an idle hook with six settled relations in %s: forty calls, nothing written, nothing said', async (_, state) => {
    const { charm, operations } = overOnePebble()
    let settled = state
    for (const event of ['config-changed', 'start', 'update-status']) settled = (await runScenario(charm, settled, { name: event })).state
    expect(operations().filter((op) => op === 'push')).toHaveLength(6)
    const { trace, log, kubernetes, unitStatusHistory, immediate } = await runScenario(charm, settled, { name: 'update-status' })
    const tools = trace.flatMap((entry) => (entry.kind === 'tool' ? [entry.tool] : []))
    process.stdout.write(`${JSON.stringify(countCalls(trace))}\n`)
    expect(tools.filter((tool) => tool !== 'juju-log').length).toBeLessThanOrEqual(40)
    expect(tools.filter((tool) => /-set$|-add$|port/.test(tool))).toEqual([])
    expect({ log, writes: kubernetes?.writes, operations: operations(), unitStatusHistory, immediate }).toEqual({
      log: [],
      writes: [],
      operations: [],
      unitStatusHistory: [],
      immediate: [],
    })
  })

  test('of the first hook: ten lines of log, and none of them holds what a manifest holds', async () => {
    const sent = manifest('secrets', 'x', { stringData: { password: 'pw-canary-1' } })
    const { log, trace } = await run(says(reference(), 2, { kubernetes_manifests: JSON.stringify([sent]) }), { name: 'config-changed' })
    expect(log.length).toBeLessThanOrEqual(10)
    expect(JSON.stringify([log, trace.flatMap((entry) => (entry.kind === 'tool' ? entry.args : []))])).not.toContain('pw-canary')
  })
})
