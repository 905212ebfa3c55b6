import { inProcess } from '@charmed-feast/charm/testing'
import { charm as feastUi } from '@charmed-feast/feast-ui-charm'
import { describe, expect, test } from 'vitest'

import { dashboardCharm } from '../../src/dashboard/charm.ts'
import { ingressCharm } from '../../src/gateway/ingress-charm.ts'
import { gatewayPolicy, httpRoute, routesOf, virtualService } from '../../src/gateway/istio.ts'
import { pilotCharm } from '../../src/gateway/pilot-charm.ts'
import { type LocalModel, openLocalModel } from '../../src/model/local-model.ts'

const charms = {
  'feast-ui': inProcess(feastUi),
  'istio-pilot': inProcess(pilotCharm),
  'istio-ingress-k8s': inProcess(ingressCharm),
  'kubeflow-dashboard': inProcess(dashboardCharm),
}

const open = async (provider: string, ends: readonly [string, string]): Promise<LocalModel> => {
  const model = openLocalModel({ charms })
  model.deploy({ application: 'feast-ui', charm: 'feast-ui' })
  model.deploy({ application: provider, charm: provider, trusted: true })
  model.integrate(...ends)
  expect((await model.settle()).flatMap(({ failure }) => failure ?? [])).toEqual([])
  return model
}
const objectsOf = (model: LocalModel, kind: string) => model.state.objects.filter((object) => object.kind === kind)
const bagOf = (model: LocalModel, application: string) =>
  model.model.relations.find(({ ends }) => ends.length === 2)?.applicationData[application]

describe('feast-ui beside', () => {
  test('istio-pilot: versions are exchanged, and its VirtualService is there until the relation goes', async () => {
    const model = await open('istio-pilot', ['feast-ui:ingress', 'istio-pilot:ingress'])
    expect(bagOf(model, 'istio-pilot')).toEqual({ _supported_versions: '- v1\n- v2\n' })
    const [service] = objectsOf(model, 'VirtualService')
    expect(service).toMatchObject(
      virtualService(
        { service: 'feast-ui', port: 8888, prefix: '/feast/', rewrite: '/', namespace: 'kubeflow' },
        { namespace: 'kubeflow', gateway: 'kubeflow-gateway' },
      ),
    )
    expect(routesOf(model.state.objects)).toEqual([
      { prefix: '/feast/', rewrite: '/', match: 'text', host: 'feast-ui.kubeflow.svc.cluster.local', port: 8888 },
    ])
    model.removeRelation('feast-ui:ingress', 'istio-pilot:ingress')
    await model.settle()
    expect(objectsOf(model, 'VirtualService')).toEqual([])
  })

  test('istio-ingress-k8s: it hears the host, and its HTTPRoute and policy are there until the relation goes', async () => {
    const ends = ['feast-ui:istio-ingress-route', 'istio-ingress-k8s:istio-ingress-route'] as const
    const model = await open('istio-ingress-k8s', ends)
    expect(bagOf(model, 'istio-ingress-k8s')).toEqual({ external_host: 'localhost', tls_enabled: 'False' })
    expect(objectsOf(model, 'HTTPRoute').map(({ metadata }) => metadata.name)).toEqual([
      'feast-ui-http-route-httproute-http-80-istio-ingress-k8s',
    ])
    expect(objectsOf(model, 'AuthorizationPolicy').map(({ metadata }) => metadata.name)).toEqual(['feast-ui-istio-ingress-k8s-kubeflow-l4'])
    expect(routesOf(model.state.objects)).toEqual([
      { prefix: '/feast/', rewrite: '/', match: 'element', host: 'feast-ui.kubeflow.svc.cluster.local', port: 8888 },
    ])
    model.removeRelation(...ends)
    await model.settle()
    expect([...objectsOf(model, 'HTTPRoute'), ...objectsOf(model, 'AuthorizationPolicy')]).toEqual([])
  })

  test('kubeflow-dashboard: the link is in its ConfigMap until the relation goes', async () => {
    const model = await open('kubeflow-dashboard', ['feast-ui:dashboard-links', 'kubeflow-dashboard:links'])
    const links = (): unknown => {
      const data = objectsOf(model, 'ConfigMap')[0]?.data as { readonly links: string } | undefined
      return JSON.parse(data?.links ?? '')
    }
    expect(links()).toEqual({
      menuLinks: [{ type: 'item', link: '/feast/', text: 'Feast', icon: 'device:data-usage' }],
      externalLinks: [],
      quickLinks: [],
      documentationItems: [],
    })
    model.removeRelation('feast-ui:dashboard-links', 'kubeflow-dashboard:links')
    await model.settle()
    expect(links()).toMatchObject({ menuLinks: [] })
  })
})

describe('what the providers make', () => {
  const route = {
    name: 'http-route',
    port: 80,
    prefix: '/feast/',
    rewrite: '/',
    service: 'feast-ui',
    servicePort: 8888,
    namespace: 'kubeflow',
  }

  test('a listener with TLS has its own section', () => {
    expect(httpRoute({ ...route, port: 443 }, { app: 'istio-ingress-k8s', tls: true })).toMatchObject({
      metadata: { name: 'feast-ui-http-route-httproute-https-443-istio-ingress-k8s' },
      spec: { parentRefs: [{ sectionName: 'https-443' }] },
    })
  })

  test('the policy lets the gateway in, and nobody else', () => {
    expect(gatewayPolicy(route, { app: 'istio-ingress-k8s', model: 'kubeflow' }).spec).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': 'feast-ui' } },
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals: ['cluster.local/ns/kubeflow/sa/istio-ingress-k8s-istio'] } }] }],
    })
  })
})
