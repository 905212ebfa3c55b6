import type { CharmMetadata } from '@charmed-feast/charm'

/** What `metadata.yaml` and `config.yaml` say, as far as the code needs it; `test/files.test.ts` compares. */
export const metadata = {
  name: 'feast-integrator',
  requires: {
    'offline-store': { interface: 'postgresql_client' },
    'online-store': { interface: 'postgresql_client' },
    registry: { interface: 'postgresql_client' },
    secrets: { interface: 'kubernetes_manifest' },
    'pod-defaults': { interface: 'kubernetes_manifest' },
  },
  provides: { 'feast-configuration': { interface: 'feast-configuration', limit: 1 } },
  config: {
    project: { type: 'string', default: 'feast_project' },
    'project-per-namespace': { type: 'boolean', default: false },
    'namespace-projects': { type: 'string', default: '' },
    'registry-cache-ttl-seconds': { type: 'int', default: 60 },
    'entity-key-serialization-version': { type: 'int', default: 2 },
    'manifest-secrets': { type: 'string', default: 'auto' },
    'namespace-credentials': { type: 'boolean', default: false },
    'namespace-grace-hours': { type: 'int', default: 168 },
    'namespace-label': { type: 'string', default: 'user.kubeflow.org/enabled' },
  },
} as const satisfies CharmMetadata

/** The type of {@link metadata}. */
export type Metadata = typeof metadata

/** The endpoints that give databases, in the order in which their statuses count. */
export const storeNames = ['offline-store', 'online-store', 'registry'] as const

/** One of the three databases. */
export type StoreName = (typeof storeNames)[number]
