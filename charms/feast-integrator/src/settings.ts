import type { ConfigOf } from '@charmed-feast/charm'

import type { EntityKeyVersion } from './feature-store.ts'
import type { Metadata } from './metadata.ts'

/** Whether manifests with credentials travel as Juju secrets. */
export type ManifestSecrets = 'auto' | 'always' | 'never'

/** The charm's options, checked. */
export interface Settings {
  readonly project: string
  readonly projectPerNamespace: boolean
  /** Namespaces with a project of their own. */
  readonly namespaceProjects: Readonly<Record<string, string>>
  readonly registryCacheTtlSeconds: number
  readonly entityKeyVersion: EntityKeyVersion
  readonly manifestSecrets: ManifestSecrets
  /** Whether each user namespace has users of its own in the databases. */
  readonly namespaceCredentials: boolean
}

/** Settings, or what is wrong with the options: one sentence for each. */
export type ParsedSettings =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

const isProject = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(text)

// A DNS label (RFC 1123): what Kubernetes takes for a namespace.
const isNamespace = (text: string): boolean => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(text)

const projectRule = 'letters, digits, "_" and "-", beginning with a letter or digit'

const parsePairs = (text: string): { readonly pairs: Readonly<Record<string, string>>; readonly problems: readonly string[] } => {
  const pairs: Record<string, string> = {}
  const problems: string[] = []
  const refuse = (each: string, why: string): void => void problems.push(`option "namespace-projects" has "${each}": ${why}`)
  for (const each of text.split(',').map((part) => part.trim())) {
    if (each === '') continue
    const [namespace = '', project = '', ...more] = each.split('=').map((part) => part.trim())
    if (more.length > 0 || project === '') refuse(each, 'allowed: NAMESPACE=PROJECT, separated by commas')
    else if (!isNamespace(namespace)) refuse(each, `"${namespace}" is no name of a namespace`)
    else if (!isProject(project)) refuse(each, `"${project}" is no project; allowed: ${projectRule}`)
    else if (pairs[namespace] !== undefined) refuse(each, `namespace "${namespace}" has a project already`)
    else pairs[namespace] = project
  }
  return { pairs, problems }
}

/**
 * Checks the charm's options.
 *
 * @example
 * parseSettings(await hook.config())   // { kind: 'settings', settings: { project: 'feast_project', … } }
 */
export const parseSettings = (config: ConfigOf<Metadata>): ParsedSettings => {
  const { project, 'entity-key-serialization-version': version, 'manifest-secrets': manifestSecrets } = config
  const ttl = config['registry-cache-ttl-seconds']
  const { pairs, problems: pairProblems } = parsePairs(config['namespace-projects'])
  const problems = [
    ...(isProject(project) ? [] : [`option "project" is "${project}"; allowed: ${projectRule}`]),
    ...pairProblems,
    ...(ttl >= 0 ? [] : [`option "registry-cache-ttl-seconds" is ${ttl}; allowed: 0 and more`]),
    ...(version === 2 || version === 3 ? [] : [`option "entity-key-serialization-version" is ${version}; allowed: 2, 3`]),
    ...namespaceProblems(config),
    ...(isManifestSecrets(manifestSecrets) ? [] : [`option "manifest-secrets" is "${manifestSecrets}"; allowed: auto, always, never`]),
  ]
  if (problems.length > 0 || !isManifestSecrets(manifestSecrets)) return { kind: 'invalid', problems }
  const settings = {
    project,
    projectPerNamespace: config['project-per-namespace'],
    namespaceProjects: pairs,
    registryCacheTtlSeconds: ttl,
    entityKeyVersion: version === 3 ? 3 : 2,
    manifestSecrets,
    namespaceCredentials: config['namespace-credentials'],
  } as const
  return { kind: 'settings', settings }
}

// A prefix and a name, as Kubernetes has labels.
const isLabel = (text: string): boolean => /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/.test(text)

const namespaceProblems = (config: ConfigOf<Metadata>): readonly string[] => {
  const { 'namespace-credentials': wished, 'project-per-namespace': apart, 'namespace-grace-hours': hours } = config
  const label = config['namespace-label']
  return [
    ...(wished && !apart
      ? ['option "namespace-credentials" is true: allowed with "project-per-namespace" true alone, since data are apart then']
      : []),
    ...(hours >= 0 ? [] : [`option "namespace-grace-hours" is ${hours}; allowed: 0 and more`]),
    ...(isLabel(label) ? [] : [`option "namespace-label" is "${label}"; allowed: the key of a label`]),
  ]
}

const isManifestSecrets = (text: string): text is ManifestSecrets => text === 'auto' || text === 'always' || text === 'never'
