import { describe, expect, test } from 'vitest'

import { cluster, mesh, reference, relationOf, relations, route, run, settle } from './reference.ts'

const ambient = [...relations.filter(({ endpoint }) => endpoint !== 'ingress')]

// One test for each rule of deviations.ts: that it is so, and that it is so only where the rule says.
describe('other than the Python charm', () => {
  test('the link stands in the menu, and has six keys', async () => {
    const { dashboard_links: text = '' } = relationOf(await settle(reference()), 'dashboard-links').localAppData
    expect(JSON.parse(text)).toEqual([
      { text: 'Feast', link: '/feast/', location: 'menu', icon: 'device:data-usage', type: 'item', desc: '' },
    ])
  })

  test('the UI asks for what fifteen keys cannot say', async () => {
    expect(relationOf(await settle(reference()), 'feast-configuration').localAppData).toEqual({ 'configuration-secret': 'true' })
  })

  test.each([
    ['True', 443],
    ['False', 80],
    ['', 80],
  ])('a gateway whose tls_enabled is "%s" is asked for port %i', async (enabled, port) => {
    const state = await settle(reference({ relations: [...ambient, route({ external_host: 'x', tls_enabled: enabled })] }))
    const config = JSON.parse(relationOf(state, 'istio-ingress-route').localAppData.config ?? '')
    expect([config.listeners, config.http_routes[0].listener]).toEqual([[{ port, protocol: 'HTTP' }], { port, protocol: 'HTTP' }])
  })
})

describe('a mesh', () => {
  const labelsOf = (state: Awaited<ReturnType<typeof settle>>) => {
    const objects = state.kubernetes?.objects ?? []
    const find = (kind: string) => objects.find((each) => each.kind === kind) as Record<string, never> | undefined
    const pods = find('StatefulSet') as unknown as { spec: { template: { metadata: { labels: object } } } }
    return {
      pods: pods.spec.template.metadata.labels,
      service: (find('Service') as unknown as { metadata: { labels: object } }).metadata.labels,
      record: (find('ConfigMap') as unknown as { data: { labels: string } } | undefined)?.data.labels,
    }
  }
  const name = { 'app.kubernetes.io/name': 'feast-ui' }
  const labelled = (labels: string) => reference({ relations: [...ambient, mesh({ labels, mesh_type: '"istio"' })], kubernetes: cluster })

  test('labels pods and Service, changes its mind, and leaves nothing behind', async () => {
    const first = await settle(labelled('{"a": "1", "b": "2"}'))
    expect(labelsOf(first)).toEqual({
      pods: { ...name, a: '1', b: '2' },
      service: { ...name, a: '1', b: '2' },
      record: '{"a": "1", "b": "2"}',
    })
    const relation = relationOf(labelled('{"b": "3"}'), 'service-mesh')
    const second = await settle({
      ...first,
      relations: first.relations.map((each) => (each.id === 6 ? { ...each, remoteAppData: relation.remoteAppData } : each)),
    })
    expect(labelsOf(second)).toEqual({ pods: { ...name, b: '3' }, service: { ...name, b: '3' }, record: '{"b": "3"}' })
    const idle = await run(second)
    expect(idle.kubernetes?.writes).toEqual([])
    const gone = await settle(second, { name: 'relation-broken', relation: 6 })
    expect(labelsOf(gone)).toEqual({ pods: name, service: name, record: undefined })
  })

  test('keeps its labels while only this unit goes', async () => {
    const before = await settle(labelled('{"a": "1"}'))
    const units = { 'feast-ui/0': { status: 'dying', since: '' } }
    const answer = { exit: 0, stdout: JSON.stringify({ units, relations: {} }), stderr: '', stdinRead: false }
    const dying = await run(
      before,
      { name: 'relation-broken', relation: 6 },
      { intercept: ({ tool }) => (tool === 'goal-state' ? answer : undefined) },
    )
    expect(labelsOf(dying.state)).toEqual(labelsOf(before))
  })
})
