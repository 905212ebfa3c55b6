import { stringify } from 'yaml'

import { objectPath } from '../../src/kubernetes/object.ts'
import type { CharmMetadata } from '../../src/metadata.ts'
import type { Fixture } from '../../src/testing/golden/fixture.ts'
import type { CharmRunner, HookWorld, ScenarioCharm } from '../../src/testing/index.ts'

/** A charm that knows one recording by heart and does what the Python charm did, through hook tools, Pebble and the API server. */
export function replay(fixture: Fixture): ScenarioCharm {
  const run: CharmRunner = async (world) => {
    const exit = fixture.expect.outcome === 'ok' ? 0 : 1
    act(world, fixture)
    return { exit, stdout: '', stderr: '' }
  }
  return { metadata: metadataOf(fixture), run }
}

/** What a charm must declare for a recording to be possible. */
function metadataOf({ charm, state }: Fixture): CharmMetadata {
  const group = (kind: string): NonNullable<CharmMetadata['requires']> =>
    Object.fromEntries(state.relations.filter((each) => each.kind === kind).map((each) => [each.endpoint, { interface: each.interface }]))
  const types = { string: 'string', number: 'int', boolean: 'boolean' } as const
  const typeOf = (value: unknown): 'string' | 'int' | 'boolean' => types[typeof value as keyof typeof types]
  return {
    name: charm,
    requires: group('regular'),
    peers: group('peer'),
    containers: Object.fromEntries(state.containers.map(({ name }) => [name, {}])),
    config: Object.fromEntries(Object.entries(state.config).map(([name, value]) => [name, { type: typeOf(value) }])),
  }
}

function act(world: HookWorld, { state, expect }: Fixture): void {
  const tool = (name: string, args: readonly string[], stdin = ''): void => {
    const { exit, stderr } = world.runTool({ tool: name, args, stdin })
    if (exit !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`)
  }
  for (const relation of expect.relations ?? []) {
    const before = state.relations.find(({ id }) => id === relation.id)
    const write = (flags: readonly string[], was: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): void => {
      const gone = Object.fromEntries(Object.keys(was).map((key) => [key, '']))
      const changed = Object.entries({ ...gone, ...now }).filter(([key, value]) => was[key] !== value)
      if (changed.length > 0)
        tool('relation-set', ['-r', String(relation.id), ...flags, '--file', '-'], toYaml(Object.fromEntries(changed)))
    }
    write(['--app'], before?.localAppData ?? {}, relation.localAppData)
    write([], before?.localUnitData ?? {}, relation.localUnitData)
  }
  for (const { id, label } of expect.secrets ?? []) tool('secret-get', [id, '--refresh', ...(label === null ? [] : ['--label', label])])
  for (const { port, protocol } of expect.ports ?? []) tool('open-port', [`${port}/${protocol}`])
  for (const { port, protocol } of state.ports) {
    if (!expect.ports?.some((each) => each.port === port)) tool('close-port', [`${port}/${protocol}`])
  }
  actOnContainers(world, expect)
  actOnCluster(world, expect)
  const { name, message } = expect.unitStatus
  if (name !== state.unitStatus.name || message !== state.unitStatus.message) tool('status-set', [name, '--', message])
}

// Escaped surrogates, which JSON writes, are refused by Juju: YAML with characters as they are is not.
function toYaml(bag: Readonly<Record<string, string>>): string {
  return stringify(bag, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 })
}

function actOnContainers(world: HookWorld, expect: Fixture['expect']): void {
  const post = (path: string, body: object): { readonly contentType: string; readonly body: Buffer } & Record<string, unknown> => ({
    method: 'POST',
    path,
    query: new URLSearchParams(),
    accept: '',
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
  })
  for (const { name, files = {}, plan, services = {} } of expect.containers) {
    const pebble = world.pebbles.get(name)
    if (!pebble) continue
    for (const path of Object.keys(pebble.files.texts())) if (files[path] === undefined) pebble.files.remove(path, false)
    for (const [path, text] of Object.entries(files)) pebble.files.write(path, Buffer.from(text), {}, true)
    if (plan?.services && JSON.stringify(plan.services) !== JSON.stringify(pebble.plan.services)) {
      const layer = JSON.stringify({ services: plan.services })
      pebble.handle({
        ...post('/v1/layers', { action: 'add', combine: true, label: 'charm', format: 'yaml', layer }),
        method: 'POST',
        path: '/v1/layers',
        query: new URLSearchParams(),
        accept: '',
      })
    }
    const wanted = Object.values(services).some(({ current }) => current === 'active')
    if (wanted)
      pebble.handle({
        ...post('/v1/services', { action: 'replan', services: [] }),
        method: 'POST',
        path: '/v1/services',
        query: new URLSearchParams(),
        accept: '',
      })
  }
}

function actOnCluster({ kubernetes }: HookWorld, { kubernetes: expected }: Fixture['expect']): void {
  for (const object of expected?.changed ?? []) {
    const path = objectPath(object)
    kubernetes?.handle({ method: 'DELETE', path })
    kubernetes?.handle({ method: 'POST', path: path.slice(0, path.lastIndexOf('/')), body: JSON.stringify(object) })
  }
  for (const { apiVersion, kind, namespace, name } of expected?.deleted ?? []) {
    kubernetes?.handle({
      method: 'DELETE',
      path: objectPath({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }),
    })
  }
}
