import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LocalModel, openLocalModel } from '../../../bundle/src/model/local-model.ts'
import type { CharmMetadata } from '../../../charm/src/index.ts'
import { inProcess } from '../../../charm/src/testing/index.ts'
import { charm as feastIntegrator } from '../../../charms/feast-integrator/src/index.ts'
import { charm as feastUi } from '../../../charms/feast-ui/src/index.ts'
import { charm as resourceDispatcher } from '../../../charms/resource-dispatcher/src/index.ts'
import { opsCharm, opsPython, opsVersions } from './ops-charm.ts'

const config = { password: { type: 'string', default: 'first-password' } } as const

/** Neighbours by name: the other side of each interface that our charms speak. */
const neighbours = {
  'ops-postgresql': { provides: { database: { interface: 'postgresql_client' } } },
  'ops-dispatcher': { provides: { manifests: { interface: 'kubernetes_manifest' } } },
  'ops-ui': { requires: { 'feast-configuration': { interface: 'feast-configuration', limit: 1 } } },
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
    'feast-integrator': inProcess(feastIntegrator),
    'feast-ui': inProcess(feastUi),
    'resource-dispatcher': inProcess(resourceDispatcher),
  }
  return openLocalModel({ charms: { ...ours, ...Object.fromEntries(written) }, parallel: 2 })
}

const statusOf = (model: LocalModel, unit: string): string => {
  const { status, message } = model.model.units[unit]?.status ?? { status: 'gone', message: '' }
  return `${status} ${message}`.trim()
}

/** Lets everything run; a hook of anybody that fails is a failure. */
const settle = async (model: LocalModel): Promise<void> => {
  const records = await model.settle()
  const failed = records.filter(({ failure }) => failure !== null)
  const said = failed.map(({ unit, name, failure, log }) => `${unit} ${name}: ${failure}\n${log.map(({ message }) => message).join('\n')}`)
  expect(said).toEqual([])
}

describe.each(opsVersions)('with ops %s', (version) => {
  test('feast-integrator between databases, a dispatcher and a UI: deployed, rotated, led by another, scaled, taken apart', async () => {
    const model = await open(version, 'integrator')
    model.deploy({ application: 'feast-integrator', charm: 'feast-integrator', units: 2 })
    for (const name of ['pg-offline', 'pg-online', 'pg-registry']) model.deploy({ application: name, charm: 'ops-postgresql' })
    model.deploy({ application: 'dispatcher', charm: 'ops-dispatcher' })
    model.deploy({ application: 'ui', charm: 'ops-ui' })
    model.integrate('feast-integrator:offline-store', 'pg-offline:database')
    model.integrate('feast-integrator:online-store', 'pg-online:database')
    model.integrate('feast-integrator:registry', 'pg-registry:database')
    model.integrate('feast-integrator:secrets', 'dispatcher:manifests')
    model.integrate('feast-integrator:pod-defaults', 'dispatcher:manifests')
    model.integrate('feast-integrator:feast-configuration', 'ui:feast-configuration')
    await settle(model)
    expect(statusOf(model, 'feast-integrator/0')).toBe('active')
    expect(statusOf(model, 'dispatcher/0')).toBe('active Secret/feature-store-yaml; PodDefault/feast-integrator-access-feast')
    expect(statusOf(model, 'ui/0')).toMatch(/^active configured user_\d+ first-password 5432$/)

    model.setConfig('pg-registry', { password: 'second-password' })
    await settle(model)
    expect(statusOf(model, 'ui/0')).toMatch(/second-password/)

    model.setLeader('feast-integrator/1')
    model.addUnit('pg-registry')
    model.setConfig('pg-registry', { password: 'third-password' })
    await settle(model)
    expect(statusOf(model, 'feast-integrator/1')).toBe('active')
    expect(statusOf(model, 'ui/0')).toMatch(/third-password/)
    // Every unit of ours moved on, so that the provider could let the old revisions go.
    expect(model.model.secrets.map(({ revisions }) => revisions.length)).toEqual([1, 1, 1])

    model.removeRelation('feast-integrator:registry', 'pg-registry:database')
    await settle(model)
    expect(statusOf(model, 'feast-integrator/1')).toContain('Please add the missing relation: registry')
    expect([statusOf(model, 'ui/0'), statusOf(model, 'dispatcher/0')]).toEqual(['active no configuration', 'active'])
  })

  test('feast-ui between an integrator, a dashboard and a gateway: deployed, rotated, led by another, scaled, taken apart', async () => {
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
    const fileOf = (unit = 'feast-ui/0'): string =>
      model.state.units[unit]?.containers['feast-ui']?.files['/home/ubuntu/feature_store.yaml'] ?? ''
    expect(fileOf()).toContain('password: "offline-store-password-first-password"')

    model.setConfig('integrator', { password: 'second' })
    await settle(model)
    expect(fileOf()).toContain('password: "offline-store-password-second"')

    for (const application of ['feast-ui', 'integrator', 'dashboard']) model.addUnit(application)
    await settle(model)
    for (const unit of ['feast-ui/1', 'integrator/1', 'dashboard/1']) model.setLeader(unit)
    model.setConfig('integrator', { password: 'third' })
    await settle(model)
    expect([statusOf(model, 'feast-ui/0'), statusOf(model, 'feast-ui/1')]).toEqual(['active', 'active'])
    for (const unit of ['feast-ui/0', 'feast-ui/1']) expect(fileOf(unit)).toContain('password: "offline-store-password-third"')

    model.removeUnit('feast-ui/0')
    await settle(model)
    expect(model.unitsOf('feast-ui')).toEqual(['feast-ui/1'])
    expect([statusOf(model, 'feast-ui/1'), statusOf(model, 'dashboard/1')]).toEqual(['active', 'active /feast/'])

    model.removeRelation('feast-ui:dashboard-links', 'dashboard:links')
    model.removeRelation('feast-ui:ingress', 'istio-pilot:ingress')
    await settle(model)
    expect(['feast-ui/1', 'dashboard/0', 'dashboard/1', 'istio-pilot/0'].map((unit) => statusOf(model, unit))).toEqual([
      'active',
      'active',
      'active',
      'active',
    ])
    model.removeRelation('feast-ui:feast-configuration', 'integrator:feast-configuration')
    await settle(model)
    expect(statusOf(model, 'feast-ui/1')).toBe('blocked [feast-configuration] Missing relation: feast-configuration')
  })

  test('resource-dispatcher with two that send manifests: deployed, rotated, led by another, scaled, one of them taken away', async () => {
    const model = await open(version, 'dispatcher')
    model.deploy({ application: 'resource-dispatcher', charm: 'resource-dispatcher', trusted: true })
    for (const application of ['one', 'two']) {
      model.deploy({ application, charm: 'ops-sender' })
      model.integrate(`${application}:secrets`, 'resource-dispatcher:secrets')
    }
    await settle(model)
    const filesOf = (unit = 'resource-dispatcher/0'): Readonly<Record<string, string>> =>
      Object.fromEntries(
        Object.entries(model.state.units[unit]?.containers['resource-dispatcher']?.files ?? {})
          .filter(([path]) => path.endsWith('.yaml'))
          .map(([path, text]) => [path.split('/').at(-1) ?? '', JSON.parse(text).stringData?.a]),
      )
    expect(statusOf(model, 'resource-dispatcher/0')).toBe('active')
    expect(filesOf()).toEqual({ 'from-one.yaml': 'first-password', 'from-two.yaml': 'first-password' })
    model.setConfig('one', { password: 'second-password' })
    await settle(model)
    expect(filesOf()).toEqual({ 'from-one.yaml': 'second-password', 'from-two.yaml': 'first-password' })

    for (const application of ['resource-dispatcher', 'one']) model.addUnit(application)
    await settle(model)
    for (const unit of ['resource-dispatcher/1', 'one/1']) model.setLeader(unit)
    model.setConfig('one', { password: 'third-password' })
    await settle(model)
    const both = { 'from-one.yaml': 'third-password', 'from-two.yaml': 'first-password' }
    for (const unit of ['resource-dispatcher/0', 'resource-dispatcher/1']) {
      expect([unit, statusOf(model, unit), filesOf(unit)]).toEqual([unit, 'active', both])
    }
    model.removeUnit('resource-dispatcher/0')
    model.removeRelation('two:secrets', 'resource-dispatcher:secrets')
    await settle(model)
    expect(model.unitsOf('resource-dispatcher')).toEqual(['resource-dispatcher/1'])
    expect([statusOf(model, 'resource-dispatcher/1'), filesOf('resource-dispatcher/1')]).toEqual([
      'active',
      { 'from-one.yaml': 'third-password' },
    ])
  })
})
