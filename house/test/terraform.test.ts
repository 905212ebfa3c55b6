import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { findUnformatted, type HclBlock, type HclValue, parseHcl } from '../hcl.ts'

const root = join(import.meta.dirname, '../..')
const charms = ['feast-integrator', 'feast-ui', 'resource-dispatcher'] as const
const modules = [...charms, 'charmed-feast']

const filesOf = (module: string): readonly string[] => readdirSync(join(root, 'terraform', module)).filter((name) => name.endsWith('.tf'))
const read = (module: string, file: string): string => readFileSync(join(root, 'terraform', module, file), 'utf8')
const blocksOf = (module: string, type: string): readonly HclBlock[] =>
  filesOf(module)
    .flatMap((file) => parseHcl(read(module, file)))
    .filter((block) => block.type === type)

interface Endpoint {
  readonly interface: string
}
const metadataOf = (charm: string) =>
  parse(readFileSync(join(root, 'charms', charm, 'metadata.yaml'), 'utf8')) as Readonly<
    Record<'provides' | 'requires', Readonly<Record<string, Endpoint>>>
  >

const textOf = (value: HclValue | undefined): string =>
  value?.kind === 'text' ? value.text : value?.kind === 'expression' ? value.source : ''
const entriesOf = (value: HclValue | undefined): Readonly<Record<string, string>> =>
  value?.kind === 'map' ? Object.fromEntries(Object.entries(value.entries).map(([key, each]) => [key, textOf(each)])) : {}
const outputOf = (module: string, name: string): HclValue | undefined =>
  blocksOf(module, 'output').find(({ labels }) => labels[0] === name)?.attributes.value

/** The other applications of the eight integrations, and of the ambient mode: their endpoints and interfaces (charm-compat §3, §5). */
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'juju_application.feast_offline_store.name': { database: 'postgresql_client' },
  'juju_application.feast_online_store.name': { database: 'postgresql_client' },
  'juju_application.feast_registry.name': { database: 'postgresql_client' },
  'var.kubeflow_dashboard_app': { links: 'kubeflow_dashboard_links' },
  'var.istio_pilot_app': { ingress: 'ingress' },
  'var.istio_ingress_app': { 'istio-ingress-route': 'istio_ingress_route' },
  'var.istio_beacon_app': { 'service-mesh': 'service_mesh' },
}

interface Side {
  readonly app: string
  readonly endpoint: string
  readonly role: 'provides' | 'requires'
  readonly interface: string | undefined
}

const sideOf = ({ attributes }: HclBlock): Side => {
  const [app, endpoint] = [textOf(attributes.name), textOf(attributes.endpoint)]
  const [, label, role, key] = /^module\.(\w+)\.(provides|requires)\.(\w+)$/.exec(endpoint) ?? []
  if (label === undefined || key === undefined) return { app, endpoint, role: 'provides', interface: others[app]?.[endpoint] }
  expect(app).toBe(`module.${label}.app_name`)
  const charm = label.replaceAll('_', '-')
  const which = role === 'provides' ? 'provides' : 'requires'
  const name = entriesOf(outputOf(charm, which))[key] ?? ''
  return { app, endpoint: name, role: which, interface: metadataOf(charm)[which][name]?.interface }
}

describe('terraform', () => {
  test.each(modules)('module %s can be read and is formatted', (module) => {
    for (const file of filesOf(module)) {
      expect(parseHcl(read(module, file)).length).toBeGreaterThan(0)
      expect(findUnformatted(read(module, file))).toEqual([])
    }
  })

  test('the reader refuses what it does not know', () => {
    expect(() => parseHcl('a {\n  b c\n}\n')).toThrow('cannot read line 2: "b c"')
    expect(() => parseHcl('a {\n')).toThrow('braces')
    expect(findUnformatted('a {\n b = 1\n}\n')).toEqual(['2:  b = 1'])
    expect(findUnformatted('a {\n  b = 1\n  long = 2\n}\n')).toEqual(['2:   b = 1', '3:   long = 2'])
  })

  test.each(charms)('module %s puts out every endpoint of metadata.yaml, and no other', (charm) => {
    for (const role of ['provides', 'requires'] as const) {
      const names = Object.keys(metadataOf(charm)[role])
      expect(entriesOf(outputOf(charm, role))).toEqual(Object.fromEntries(names.map((name) => [name.replaceAll('-', '_'), name])))
    }
  })

  test.each(charms)('module %s takes what today’s module takes, and deploys this charm', (charm) => {
    const inputs = blocksOf(charm, 'variable').map(({ labels }) => labels[0])
    expect(inputs).toEqual(expect.arrayContaining(['app_name', 'channel', 'config', 'model_name', 'revision']))
    const [application] = blocksOf(charm, 'resource')
    const [deployed] = application?.blocks ?? []
    expect([textOf(deployed?.attributes.name), textOf(application?.attributes.trust)]).toEqual([charm, 'true'])
    const used = JSON.stringify(blocksOf(charm, 'resource')).match(/var\.\w+/g) ?? []
    expect([...new Set(used)].sort()).toEqual(inputs.map((name) => `var.${name}`).sort())
  })

  test('each integration joins two endpoints of one interface, one that provides and one that requires', () => {
    const integrations = blocksOf('charmed-feast', 'resource').filter(({ labels }) => labels[0] === 'juju_integration')
    for (const { labels, blocks } of integrations) {
      const sides = blocks.map(sideOf)
      expect([labels[1], ...sides.map((side) => side.role).sort()]).toEqual([labels[1], 'provides', 'requires'])
      expect(sides[0]?.interface).toBeDefined()
      expect(sides[0]?.interface).toBe(sides[1]?.interface)
    }
    const modes = integrations.map(({ attributes }) => textOf(attributes.count))
    expect(modes.filter((mode) => !mode.includes('ambient'))).toHaveLength(8)
    expect(modes.filter((mode) => mode.includes('ambient'))).toHaveLength(3)
  })

  test('the whole asks for version 3 of entity keys, and uses every input', () => {
    const inputs = blocksOf('charmed-feast', 'variable')
    expect(entriesOf(inputs.find(({ labels }) => labels[0] === 'feast_integrator_config')?.attributes.default)).toEqual({
      'entity-key-serialization-version': '3',
    })
    const text = filesOf('charmed-feast')
      .filter((file) => file !== 'variables.tf')
      .map((file) => read('charmed-feast', file))
      .join('')
    for (const { labels } of inputs) expect(text).toContain(`var.${labels[0]}`)
  })
})
