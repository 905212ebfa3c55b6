import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { fragmentsOf, plain, statusMessages, tableBelow } from '../charm-page.ts'

const root = join(import.meta.dirname, '../..')
const charms = ['feast-integrator', 'feast-ui', 'resource-dispatcher'] as const

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const pageOf = (charm: string): string => read(`docs/reference/${charm}.md`)
const yamlOf = (charm: string, file: string) =>
  existsSync(join(root, 'charms', charm, file)) ? parse(read(`charms/${charm}/${file}`)) : {}

interface Endpoint {
  readonly interface: string
  readonly limit?: number
}
const endpointsOf = (charm: string): readonly (readonly [string, Endpoint, string])[] => {
  const metadata = yamlOf(charm, 'metadata.yaml') as Readonly<Record<'provides' | 'requires', Readonly<Record<string, Endpoint>>>>
  return (['provides', 'requires'] as const).flatMap((role) =>
    Object.entries(metadata[role]).map(([name, each]) => [name, each, role] as const),
  )
}

const sourcesOf = (charm: string): string =>
  globSync('**/*.ts', { cwd: join(root, 'charms', charm, 'src') })
    .map((file) => read(`charms/${charm}/src/${file}`))
    .join('\n')

// As the source writes it: quotes may be escaped, and a template's are not.
const withoutEscapes = (source: string): string => source.replaceAll("\\'", "'")

describe.each(charms)('the page of %s', (charm) => {
  const page = pageOf(charm)

  test('has every endpoint with its interface, role and limit', () => {
    const rows = tableBelow(page, 'Endpoints').map(([name, spoken, role, limit]) => [plain(name), plain(spoken), role, limit])
    const endpoints = endpointsOf(charm).map(([name, { interface: spoken, limit }, role]) => [
      name,
      spoken,
      role,
      limit === undefined ? '' : String(limit),
    ])
    expect(rows.toSorted()).toEqual(endpoints.toSorted())
  })

  test('has every option with its type and default', () => {
    const options = Object.entries((yamlOf(charm, 'config.yaml').options ?? {}) as Record<string, { type: string; default: unknown }>)
    const rows = tableBelow(page, 'Options').map(([name, type, value]) => [plain(name), type, plain(value)])
    expect(rows).toEqual(options.map(([name, { type, default: value }]) => [name, type, String(value)]))
  })

  test('has every action with its parameters and their defaults', () => {
    const actions = Object.entries(yamlOf(charm, 'actions.yaml') as Record<string, { params?: Record<string, { default: unknown }> }>)
    const described = actions.map(([name, { params = {} }]) => [
      name,
      Object.entries(params)
        .map(([param, { default: value }]) => `\`${param}\` (${value === '' ? 'empty' : `\`${value}\``})`)
        .join(', '),
    ])
    expect(tableBelow(page, 'Actions').map(([name, params]) => [plain(name), params])).toEqual(described)
  })

  test('has every status of the code, and no other; each has a cure', () => {
    const rows = tableBelow(page, 'Statuses').map(([kind, message, cure]) => ({ kind: plain(kind), message: plain(message), cure }))
    expect(rows.filter(({ cure }) => (cure ?? '') === '')).toEqual([])
    const messages = rows.map(({ message }) => message)
    const sources = withoutEscapes(sourcesOf(charm))
    const said = [...new Set(statusMessages(sourcesOf(charm)))].map(withoutEscapes)
    expect(said.length).toBeGreaterThan(7)
    expect(said.filter((message) => !messages.includes(message))).toEqual([])
    expect(messages.flatMap(fragmentsOf).filter((fragment) => !sources.includes(fragment))).toEqual([])
  })
})

test('the how-to relates endpoints that the charms have', () => {
  const lines = read('docs/howto/deploy-with-juju.md').matchAll(/^juju integrate (\S+):(\S+) (\S+):(\S+)$/gm)
  const sides = [...lines].flatMap(([, app = '', endpoint = '', other = '', otherEndpoint = '']) => [
    [app, endpoint],
    [other, otherEndpoint],
  ])
  expect(sides).toHaveLength(20)
  const ours = sides.filter(([app]) => (charms as readonly string[]).includes(app ?? ''))
  expect(ours).toHaveLength(13)
  for (const [app = '', endpoint] of ours) expect(endpointsOf(app).map(([name]) => name)).toContain(endpoint)
})
