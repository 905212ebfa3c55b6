import type { KubernetesObject } from '@charmed-feast/charm'

import { certificatesOf, type FeatureStore } from './feature-store.ts'
import { renderFeatureStoreYaml } from './feature-store-yaml.ts'
import { storeOfNamespace } from './namespace/access.ts'
import type { NamespacePasswords, RoleOwner } from './namespace/user.ts'
import type { Settings } from './settings.ts'

/** The name of the Secret in every namespace. */
const secretName = 'feature-store-yaml'
/** Where notebooks find the Secret's files. */
export const mountPath = '/feast'
const fileName = 'feature_store.yaml'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const encodeAll = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, base64(text)]))

const secret = (content: object, namespace?: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: secretName, ...(namespace === undefined ? {} : { namespace }) },
  type: 'Opaque',
  ...content,
})

// The dispatcher renders manifests as templates: base64 holds nothing that a template engine would touch.
const encodedSecret = (store: FeatureStore, namespace?: string): KubernetesObject =>
  secret({ data: encodeAll({ [fileName]: renderFeatureStoreYaml(store, { folder: mountPath }), ...certificatesOf(store) }) }, namespace)

// No blanks inside the braces: serializers that fold long lines fold at blanks.
const templatedSecret = (store: FeatureStore): KubernetesObject => {
  const text = renderFeatureStoreYaml(store, { folder: mountPath, projectTemplate: '{{NAMESPACE}}' })
  return secret({ stringData: { [fileName]: text }, data: encodeAll(certificatesOf(store)) })
}

/**
 * The Secrets for the user namespaces: one for all of them, and one for each namespace that has a project of its own.
 *
 * @example
 * secretManifests(store, settings)[0]?.metadata.name   // 'feature-store-yaml'
 */
export const secretManifests = (store: FeatureStore, settings: Settings): readonly KubernetesObject[] => {
  const { projectPerNamespace, namespaceProjects } = settings
  const own = Object.entries(namespaceProjects).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    projectPerNamespace ? templatedSecret(store) : encodedSecret(store),
    ...own.map(([namespace, project]) => encodedSecret({ ...store, project }, namespace)),
  ]
}

/**
 * The Secrets for namespaces that have users of their own: one for each, and none that would reach another one.
 *
 * @example
 * ownSecretManifests(store, { settings, passwords: { alice: '…' }, modelUuid, app: 'feast-integrator' })[0]?.metadata.namespace   // 'alice'
 */
export const ownSecretManifests = (
  store: FeatureStore,
  given: Omit<RoleOwner, 'store'> & { readonly settings: Settings; readonly passwords: NamespacePasswords },
): readonly KubernetesObject[] => {
  const { settings, passwords, ...owner } = given
  return Object.entries(passwords).map(([namespace, password]) => {
    const project = settings.namespaceProjects[namespace] ?? namespace
    return encodedSecret(storeOfNamespace({ ...store, project }, { ...owner, namespace, password }), namespace)
  })
}

/**
 * The PodDefault that gives a notebook the Secret's files. The mount is read-only, and a pod starts without the Secret when it is not there yet.
 *
 * @example
 * podDefaultManifest('feast-integrator').metadata.name   // 'feast-integrator-access-feast'
 */
export const podDefaultManifest = (app: string): KubernetesObject => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name: `${app}-access-feast` },
  spec: {
    desc: 'Allow access to Feast',
    selector: { matchLabels: { 'access-feast': 'true' } },
    env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: `${mountPath}/${fileName}` }],
    volumeMounts: [{ mountPath, name: secretName, readOnly: true }],
    volumes: [{ name: secretName, secret: { secretName, optional: true } }],
  },
})

/** The webhook puts the PodDefault's name behind a prefix into an annotation's name part, of 63 characters at most (real-parts.md §5). */
export const longestApplicationName = 39
