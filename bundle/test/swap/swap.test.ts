import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { feastCharms } from '../../src/feast.ts'
import { type LocalModel, openLocalModel } from '../../src/model/local-model.ts'
import type { HookRecord } from '../../src/model/run-hook.ts'
import type { DatabaseWish } from '../../src/postgres/database.ts'
import type { DatabaseServer } from '../../src/postgresql/server.ts'
import { linkKeys, readConfiguration, readIngress } from './readers.ts'
import { twins } from './twins.ts'

// `juju refresh` from the Python charms to ours and back, in one running model, each of the three alone and together with the others: whoever is
// left Python reads as Python does, and fails its hook where Python would.

const swapped = ['feast-integrator', 'feast-ui', 'resource-dispatcher'] as const
type Swapped = (typeof swapped)[number]
const stores = ['offline-store', 'online-store', 'registry'] as const
const relations: readonly (readonly [string, string])[] = [
  ...stores.map((name) => [`feast-integrator:${name}`, `${name}:database`] as const),
  ['feast-ui:feast-configuration', 'feast-integrator:feast-configuration'],
  ['feast-integrator:secrets', 'resource-dispatcher:secrets'],
  ['feast-integrator:pod-defaults', 'resource-dispatcher:pod-defaults'],
  ['feast-ui:ingress', 'istio-pilot:ingress'],
  ['feast-ui:dashboard-links', 'kubeflow-dashboard:links'],
]

class Passwords implements DatabaseServer {
  readonly host = '127.0.0.1'
  readonly port = 5432
  readonly version = '18.4'
  readonly byDatabase = new Map<string, string>()
  async provide({ name, password }: DatabaseWish): Promise<void> {
    this.byDatabase.set(name, password)
  }
  async setEncryption(): Promise<null> {
    return null
  }
  async retire(): Promise<void> {}
}

interface Yaml {
  readonly registry: { readonly path: string }
  readonly offline_store: { readonly password: string }
  readonly online_store: { readonly password: string }
}

interface Manifest {
  readonly kind: string
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swap-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** One model that goes on while the code of its charms is another. */
class Deployment {
  readonly #server = new Passwords()
  readonly #file: string
  readonly #records: HookRecord[] = []
  #ours: readonly Swapped[] = []
  #model: LocalModel

  constructor(file: string) {
    this.#file = file
    this.#model = this.#open()
  }

  get model(): LocalModel {
    return this.#model
  }

  #open(): LocalModel {
    const all = feastCharms(this.#server)
    const python = Object.fromEntries(Object.entries(twins).filter(([name]) => !this.#ours.some((each) => each === name)))
    return openLocalModel({ charms: { ...all, ...python }, file: this.#file, onHook: (record) => this.#records.push(record) })
  }

  async deploy(): Promise<void> {
    for (const application of stores) this.#model.deploy({ application, charm: 'postgresql' })
    for (const application of [...swapped, 'istio-pilot', 'kubeflow-dashboard']) {
      this.#model.deploy({ application, charm: application, trusted: true })
    }
    for (const ends of relations) this.#model.integrate(...ends)
    await this.#model.settle()
  }

  /** Has these charms be ours, and the others Python. */
  async swap(ours: readonly Swapped[]): Promise<void> {
    const changed = swapped.filter((name) => ours.includes(name) !== this.#ours.includes(name))
    this.#ours = ours
    this.#model = this.#open()
    for (const application of changed) this.#model.refresh(application)
    await this.#model.settle()
  }

  async rotate(application: string): Promise<void> {
    expect((await this.#model.runAction(`${application}/leader`, 'rotate-password')).results).toMatchObject({ rotated: '1' })
  }

  bagOf(application: string, endpoint: string): Readonly<Record<string, string>> {
    const relation = this.#model.model.relations.find(({ ends }) =>
      ends.some((end) => end.application === application && end.endpoint === endpoint),
    )
    return relation?.applicationData[application] ?? {}
  }

  #filesOf(unit: string, container: string): Readonly<Record<string, string>> {
    return this.#model.state.units[unit]?.containers[container]?.files ?? {}
  }

  /** The files of the UI, and of the Secret that is dispatched. */
  #yamls(): readonly string[] {
    const manifests = Object.entries(this.#filesOf('resource-dispatcher/0', 'resource-dispatcher'))
      .filter(([path]) => path.endsWith('.yaml'))
      .map(([, text]) => parse(text) as Manifest)
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(['PodDefault', 'Secret'])
    const { data = {}, stringData = {} } = manifests.find(({ kind }) => kind === 'Secret') ?? { kind: '' }
    const encoded = data['feature_store.yaml']
    return [
      this.#filesOf('feast-ui/0', 'feast-ui')['/home/ubuntu/feature_store.yaml'] ?? '',
      stringData['feature_store.yaml'] ?? Buffer.from(encoded ?? '', 'base64').toString(),
    ]
  }

  /** Everybody is active, no hook failed, and every file holds the passwords of this moment. */
  expectWhole(): void {
    const statuses = Object.values(this.#model.model.units).map(({ name, status }) => [name, `${status.status} ${status.message}`.trim()])
    expect(statuses.filter(([, status]) => !/^active( Primary)?$/.test(status ?? ''))).toEqual([])
    expect(this.#records.flatMap(({ unit, name, failure }) => (failure === null ? [] : [`${unit} ${name}: ${failure}`]))).toEqual([])
    const passwordOf = (database: string): string => this.#server.byDatabase.get(database) ?? 'none'
    for (const text of this.#yamls()) {
      const { registry, offline_store: offline, online_store: online } = parse(text, { version: '1.1' }) as Yaml
      const held = [new URL(registry.path).password, offline.password, online.password]
      expect(held.map(decodeURIComponent)).toEqual(['registry', 'offline_store', 'online_store'].map(passwordOf))
    }
  }

  /** What stands in the databags is what Python's readers take, whoever wrote it. */
  expectReadable(): void {
    expect(readConfiguration(this.bagOf('feast-integrator', 'feast-configuration'))).not.toBeNull()
    const links = JSON.parse(this.bagOf('feast-ui', 'dashboard-links').dashboard_links ?? '[]') as readonly object[]
    expect(links.map((each) => Object.keys(each).sort())).toEqual([linkKeys])
    expect(readIngress(this.bagOf('feast-ui', 'ingress'), (text) => parse(text, { version: '1.1' }))).toMatchObject({
      ...{ service: 'feast-ui', port: 8888, prefix: '/feast/', rewrite: '/', namespace: this.#model.model.name },
    })
    for (const store of stores) {
      const bag = this.bagOf('feast-integrator', store)
      expect(JSON.parse(bag['requested-secrets'] ?? '')).toEqual(expect.arrayContaining(['username', 'password', 'tls', 'tls-ca']))
      const relation = this.#model.model.relations.find(({ ends }) => ends.some(({ endpoint }) => endpoint === store))
      const unit = relation?.unitData['feast-integrator/0'] ?? {}
      const { data: _, ...said } = relation?.applicationData[store] ?? {}
      expect([JSON.parse(unit['requested-secrets'] ?? ''), JSON.parse(unit.data ?? '')]).toEqual([
        JSON.parse(bag['requested-secrets'] ?? ''),
        said,
      ])
      const secret = this.#model.model.secrets.find(({ label }) => label === `database.${relation?.id}.user.secret`)
      expect(secret?.consumers['feast-integrator/0']?.label).toBe(`${store}.${relation?.id}.user.secret`)
    }
  }
}

const combinations: readonly (readonly Swapped[])[] = [
  ['feast-integrator'],
  ['feast-ui'],
  ['resource-dispatcher'],
  ['feast-integrator', 'feast-ui'],
  ['feast-integrator', 'resource-dispatcher'],
  ['feast-ui', 'resource-dispatcher'],
  swapped,
]

describe('charms swapped with what their Python twins left, and back', () => {
  test.each(combinations.map((ours) => [ours.join(', '), ours] as const))('ours: %s', async (name, ours) => {
    const deployment = new Deployment(join(folder, `${name}.json`))
    await deployment.deploy()
    deployment.expectWhole()

    await deployment.swap(ours)
    deployment.expectWhole()
    deployment.expectReadable()
    await deployment.rotate('registry')
    deployment.expectWhole()
    const isSecret = deployment.bagOf('feast-integrator', 'secrets').is_secret
    expect(isSecret).toBe(ours.includes('feast-integrator') && ours.includes('resource-dispatcher') ? 'true' : undefined)

    // As docs/howto/refresh-from-python.md says.
    if (ours.includes('feast-integrator')) {
      deployment.model.setConfig('feast-integrator', { 'manifest-secrets': 'never' })
      await deployment.model.settle()
    }
    await deployment.swap([])
    deployment.expectWhole()
    deployment.expectReadable()
    await deployment.rotate('offline-store')
    deployment.expectWhole()
  })

  test('one after the other, in any order, each beside Python and ours', async () => {
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [1, 2, 0],
    ].map((order) => order.map((at) => swapped[at] ?? 'feast-ui'))
    for (const [index, order] of orders.entries()) {
      const deployment = new Deployment(join(folder, `order-${index}.json`))
      await deployment.deploy()
      for (const count of [1, 2, 3]) {
        await deployment.swap(order.slice(0, count))
        deployment.expectWhole()
        deployment.expectReadable()
      }
      await deployment.rotate('online-store')
      deployment.expectWhole()
    }
  })
})
