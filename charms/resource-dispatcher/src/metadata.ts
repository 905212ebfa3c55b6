import type { CharmMetadata } from '@charmed-feast/charm'

const manifests = { interface: 'kubernetes_manifest' } as const

/** What `metadata.yaml` and `config.yaml` say, as far as the code needs it; `test/files.test.ts` compares. */
export const metadata = {
  name: 'resource-dispatcher',
  requires: {
    'require-cmr-mesh': { interface: 'cross_model_mesh' },
    'service-mesh': { interface: 'service_mesh', limit: 1 },
  },
  provides: {
    'config-maps': manifests,
    'pod-defaults': manifests,
    'provide-cmr-mesh': { interface: 'cross_model_mesh' },
    'role-bindings': manifests,
    roles: manifests,
    secrets: manifests,
    'service-accounts': manifests,
  },
  containers: { 'resource-dispatcher': { resource: 'oci-image' } },
  config: {
    target_namespace_label: { type: 'string', default: 'user.kubeflow.org/enabled' },
    'network-policy': { type: 'boolean', default: true },
  },
} as const satisfies CharmMetadata

/** The type of {@link metadata}. */
export type Metadata = typeof metadata

/** The folder in the workload container that holds what shall be dispatched. */
export const folder = '/var/lib/pebble/default/resources'
/** Where the hook server listens. */
export const port = 8080
/** Where metacontroller finds it: the port of the Service. */
export const servicePort = 80
