import { readFile } from 'node:fs/promises'

import { parseAllDocuments } from 'yaml'

import type { KubernetesObject } from '../charm/src/kubernetes/object.ts'
import type { AuditedRequest } from './cluster.ts'

/** A right, or the use of one. Null is any name, and anywhere. */
interface Right {
  readonly verb: string
  /** With its group: `secrets.`, `deployments.apps`. */
  readonly resource: string
  readonly name: string | null
  readonly namespace: string | null
}

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/**
 * Reads the objects of a file: Roles, ClusterRoles and their bindings.
 *
 * @example
 * for (const object of await readObjects('charms/feast-ui/rbac.yaml')) await cluster.admin.apply(object, { fieldManager: 'test' })
 */
export const readObjects = async (path: string): Promise<readonly KubernetesObject[]> =>
  parseAllDocuments(await readFile(path, 'utf8')).map((document): KubernetesObject => document.toJS())

const rightsOf = ({ metadata: { namespace }, rules }: KubernetesObject): readonly Right[] =>
  // The API server took them for rules.
  (rules as readonly Rule[]).flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        (resourceNames ?? [null]).flatMap((name) =>
          verbs.map((verb) => ({ verb, resource: `${resource}.${group}`, name, namespace: namespace ?? null })),
        ),
      ),
    ),
  )

const usesOf = ({ verb, group, resource, namespace, name, status }: AuditedRequest): readonly Right[] => {
  // Applying what is not there yet takes the right to create as well.
  const verbs = verb === 'patch' && status === 201 ? ['patch', 'create'] : [verb]
  return verbs.map((each) => ({ verb: each, resource: `${resource}.${group}`, name, namespace }))
}

const covers = (granted: Right, used: Right): boolean =>
  granted.verb === used.verb &&
  granted.resource === used.resource &&
  (granted.name === null || granted.name === used.name) &&
  (granted.namespace === null || granted.namespace === used.namespace)

const inWords = ({ verb, resource, name, namespace }: Right): string =>
  [verb, resource, ...(name === null ? [] : [name]), ...(namespace === null ? [] : [`in ${namespace}`])].join(' ')

/**
 * What somebody did that its Roles do not say, and what they say that it did not need: both empty when they say exactly what is needed.
 *
 * @example
 * compareRights(await readObjects('charms/feast-ui/rbac.yaml'), await cluster.readRequests('kubeflow', 'feast-ui')) // { beyond: [], idle: [] }
 */
export const compareRights = (
  objects: readonly KubernetesObject[],
  requests: readonly AuditedRequest[],
): { readonly beyond: readonly string[]; readonly idle: readonly string[] } => {
  const granted = objects.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole').flatMap(rightsOf)
  const used = requests.flatMap(usesOf)
  return {
    beyond: used.filter((each) => !granted.some((right) => covers(right, each))).map(inWords),
    idle: granted.filter((right) => !used.some((each) => covers(right, each))).map(inWords),
  }
}
