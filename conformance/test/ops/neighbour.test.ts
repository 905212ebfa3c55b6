import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalModel, openLocalModel } from '../../../bundle/src/model/local-model.ts'
import type { CharmMetadata } from '../../../charm/src/index.ts'
import { inProcess } from '../../../charm/src/testing/index.ts'
import { charm as feastUi } from '../../../charms/feast-ui/src/index.ts'
import { charm as resourceDispatcher } from '../../../charms/resource-dispatcher/src/index.ts'
import { opsCharm, opsPython, opsVersions } from './ops-charm.ts'

const config = { password: { type: 'string', default: 'first-password' } } as const

/** Neighbours by name: the other side of each interface that our charms speak. */
const neighbours = {
  'ops-integrator': { provides: { 'feast-configuration': { interface: 'feast-configuration', limit: 1 } } },
  'ops-dashboard': { provides: { links: { interface: 'kubeflow_dashboard_links' } } },
  'ops-pilot': { provides: { ingress: { interface: 'ingress' } } },
  'ops-sender': { requires: { secrets: { interface: 'kubernetes_manifest' } } },
} as const

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const open = async (version: string, place: string): Promise<LocalModel> => {
  const python = await opsPython(version)
  const written = Object.entries(neighbours).map(([name, sides]) => {
    const metadata: CharmMetadata = { name, ...sides, config }
    return [name, opsCharm({ python, metadata, folder: join(folder, version, place) })] as const
  })
  const ours = {
    'feast-ui': inProcess(feastUi),
    'resource-dispatcher': inProcess(resourceDispatcher),
  }
  return openLocalModel({ charms: { ...ours, ...Object.fromEntries(written) } })
}

const statusOf = (model: LocalModel, unit: string): string => {
  const { status, message } = model.model.units[unit]?.status ?? { status: 'gone', message: '' }
  return `${status} ${message}`.trim()
}

/** Lets everything run; a hook of anybody that fails is a failure. */
const settle = async (model: LocalModel): Promise<void> => {
  const records = await model.settle()
  expect(records.flatMap(({ unit, name, failure }) => (failure === null ? [] : [`${unit} ${name}: ${failure}`]))).toEqual([])
}

describe.each(opsVersions)('with ops %s', (version) => {
  test('feast-ui between an integrator, a dashboard and a gateway', async () => {
    const model = await open(version, 'ui')
    model.deploy({ application: 'feast-ui', charm: 'feast-ui' })
    for (const [application, charm] of [
      ['integrator', 'ops-integrator'],
      ['dashboard', 'ops-dashboard'],
      ['istio-pilot', 'ops-pilot'],
    ] as const) {
      model.deploy({ application, charm })
    }
    model.integrate('feast-ui:feast-configuration', 'integrator:feast-configuration')
    model.integrate('feast-ui:dashboard-links', 'dashboard:links')
    model.integrate('feast-ui:ingress', 'istio-pilot:ingress')
    await settle(model)
    expect(statusOf(model, 'feast-ui/0')).toBe('active')
    expect(statusOf(model, 'dashboard/0')).toBe('active /feast/')
    expect(statusOf(model, 'istio-pilot/0')).toBe(
      `active namespace: ${model.model.name} port: 8888 prefix: /feast/ rewrite: / service: feast-ui`,
    )
    const fileOf = (): string => model.state.units['feast-ui/0']?.containers['feast-ui']?.files['/home/ubuntu/feature_store.yaml'] ?? ''
    expect(fileOf()).toContain('password: "offline-store-password-first-password"')

    model.setConfig('integrator', { password: 'second' })
    await settle(model)
    expect(fileOf()).toContain('password: "offline-store-password-second"')
  })

  test('resource-dispatcher with two that send manifests, one of which goes', async () => {
    const model = await open(version, 'dispatcher')
    model.deploy({ application: 'resource-dispatcher', charm: 'resource-dispatcher', trusted: true })
    for (const application of ['one', 'two']) {
      model.deploy({ application, charm: 'ops-sender' })
      model.integrate(`${application}:secrets`, 'resource-dispatcher:secrets')
    }
    await settle(model)
    const filesOf = (): readonly string[] =>
      Object.keys(model.state.units['resource-dispatcher/0']?.containers['resource-dispatcher']?.files ?? {})
        .filter((path) => path.endsWith('.yaml'))
        .map((path) => path.split('/').at(-1) ?? '')
        .sort()
    expect(statusOf(model, 'resource-dispatcher/0')).toBe('active')
    expect(filesOf()).toEqual(['from-one.yaml', 'from-two.yaml'])
    model.removeRelation('two:secrets', 'resource-dispatcher:secrets')
    await settle(model)
    expect(filesOf()).toEqual(['from-one.yaml'])
  })
})
