import { KubernetesError, type SendToKubernetes } from '../charm/src/kubernetes/client.ts'

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Gives a CustomResourceDefinition in YAML to an API server, and waits until it serves the kind.
 *
 * @throws KubernetesError when the server refuses the definition
 *
 * @example
 * await applyDefinition(cluster.send, { name: 'virtualservices.networking.istio.io', yaml, version: 'v1' })
 */
export const applyDefinition = async (
  send: SendToKubernetes,
  { name, yaml, version }: { readonly name: string; readonly yaml: string; readonly version: string },
): Promise<void> => {
  const { status, body } = await send({
    method: 'PATCH',
    path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
    query: { fieldManager: 'test', force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: yaml,
  })
  if (status >= 300) throw new KubernetesError(`apply "${name}"`, body, { status, reason: '' })
  const [plural = '', ...group] = name.split('.')
  await until(async () => (await send({ method: 'GET', path: `/apis/${group.join('.')}/${version}/${plural}` })).status === 200)
}

/**
 * The least definition that serves a kind and asks for nothing, for projects that publish theirs in no registry.
 *
 * @example
 * describeDefinition({ name: 'poddefaults.kubeflow.org', kind: 'PodDefault', version: 'v1alpha1', scope: 'Namespaced', required: ['selector'] })
 */
export const describeDefinition = (given: {
  readonly name: string
  readonly kind: string
  readonly version: string
  readonly scope: 'Namespaced' | 'Cluster'
  /** What `spec` must have. */
  readonly required?: readonly string[]
  /** A field below `spec` that is declared, by its way: `['hooks', 'sync']`. */
  readonly declares?: readonly string[]
}): string => {
  const { name, kind, version, scope, required, declares = [] } = given
  const [plural = '', ...group] = name.split('.')
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const spec = declares.reduceRight<object>((inner, field) => ({ ...open, properties: { [field]: inner } }), open)
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    // Groups of Kubernetes itself want to know who allowed it; projects without that blessing say so.
    metadata: { name, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests only' } },
    spec: {
      group: group.join('.'),
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { ...spec, ...(required === undefined ? {} : { required }) }, status: open },
            },
          },
        },
      ],
    },
  })
}
