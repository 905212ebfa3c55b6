import type { CharmMetadata } from '@charmed-feast/charm'

/** What `metadata.yaml` and `config.yaml` say, as far as the code needs it; `test/files.test.ts` compares. */
export const metadata = {
  name: 'feast-ui',
  requires: {
    'dashboard-links': { interface: 'kubeflow_dashboard_links' },
    'feast-configuration': { interface: 'feast-configuration', limit: 1 },
    ingress: { interface: 'ingress' },
    'istio-ingress-route': { interface: 'istio_ingress_route' },
    'require-cmr-mesh': { interface: 'cross_model_mesh' },
    'service-mesh': { interface: 'service_mesh', limit: 1 },
  },
  provides: { 'provide-cmr-mesh': { interface: 'cross_model_mesh' } },
  containers: { 'feast-ui': { resource: 'oci-image' } },
  config: {
    'allow-data': { type: 'boolean', default: false },
    'allow-writes': { type: 'boolean', default: false },
    'trusted-proxies': { type: 'string', default: '' },
  },
} as const satisfies CharmMetadata

/** The type of {@link metadata}. */
export type Metadata = typeof metadata

/** Where the UI listens. */
export const port = 8888
/** Where it is seen from outside. */
export const prefix = '/feast/'
