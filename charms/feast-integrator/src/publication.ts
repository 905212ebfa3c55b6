import {
  type DesiredRelation,
  type DesiredSecret,
  type DesiredSecrets,
  type KubernetesObject,
  type Relation,
  secretUri,
  type TextMap,
} from '@charmed-feast/charm'

import type { Decided } from './decision.ts'
import { versionInUse } from './decision.ts'
import { publishedVersion, versionKey } from './entity-key-version.ts'
import { answerKey, askKey, configurationBag, configurationKeys, configurationSecret } from './feast-configuration.ts'
import type { FeatureStore } from './feature-store.ts'
import { ownSecretManifests, podDefaultManifest, secretManifests } from './manifest.ts'
import { passwordsContent, passwordsLabel } from './namespace/user.ts'
import type { Observation } from './observation.ts'
import type { Settings } from './settings.ts'
import { travelsAsSecret } from './travel.ts'

const manifestLabel = ({ id }: Relation): string => `manifest.secrets.${id}`
const configurationLabel = ({ id }: Relation): string => `feast-configuration.${id}`

/** The labels of the secrets that are published, of whichever relation. */
const isPublished = (label: string): boolean => /^(?:manifest\.secrets|feast-configuration)\.\d+$/.test(label)

const manifestsFor = (observation: Observation, store: FeatureStore, settings: Settings): readonly KubernetesObject[] => {
  const { access, modelUuid, app } = observation
  if (access.kind !== 'own') return secretManifests(store, settings)
  return ownSecretManifests(store, { settings, passwords: access.passwords, modelUuid, app })
}

/** The passwords of namespaces are kept for the next hook, and for the next leader. */
const keptPasswords = ({ access }: Observation): readonly DesiredSecret[] =>
  access.kind === 'own' ? [{ label: passwordsLabel, owner: 'application', content: passwordsContent(access.passwords), grants: [] }] : []

/** Secrets that the action `get-feature-store-yaml` made begin so. */
export const revealedPrefix = 'revealed.'

/** What goes out: the own side of relations, and secrets. */
export interface Publication {
  readonly relations: readonly DesiredRelation[]
  readonly secrets?: DesiredSecrets
}

// A text that means the same is left as it is, so that nobody is told of a change that is none.
const keepEqual = (bag: TextMap | null, manifests: readonly unknown[]): string => {
  const text = JSON.stringify(manifests)
  const stored = bag?.kubernetes_manifests
  try {
    return stored !== undefined && JSON.stringify(JSON.parse(stored)) === text ? stored : text
  } catch {
    return text
  }
}

const publishManifests = (observation: Observation, store: FeatureStore, settings: Settings): Required<Publication> => {
  const manifests = manifestsFor(observation, store, settings)
  const present: DesiredSecret[] = []
  const relations = observation.secrets.map((relation): DesiredRelation => {
    if (!travelsAsSecret(relation, settings)) {
      return { relation, app: { kubernetes_manifests: keepEqual(relation.localApp, manifests), is_secret: null, [versionKey]: null } }
    }
    const label = manifestLabel(relation)
    present.push({ label, owner: 'application', content: { manifests: JSON.stringify(manifests) }, grants: [relation] })
    return {
      relation,
      app: { kubernetes_manifests: secretUri(label), is_secret: 'true', [versionKey]: String(store.entityKeyVersion) },
    }
  })
  return { relations, secrets: { owns: isPublished, present } }
}

/** Whether the UI on the other side asked for what the fifteen keys cannot say. */
export const asksForSecret = ({ remoteApp }: Relation<'remoteApp'>): boolean => remoteApp[askKey] === 'true'

const publishConfigurations = ({ configurations }: Observation, store: FeatureStore): Required<Publication> => {
  const present: DesiredSecret[] = []
  const relations = configurations.map((relation): DesiredRelation => {
    const app = configurationBag(store)
    if (!asksForSecret(relation)) return { relation, app, unit: { [answerKey]: null } }
    const label = configurationLabel(relation)
    present.push({ label, owner: 'application', content: configurationSecret(store), grants: [relation] })
    return { relation, app, unit: { [answerKey]: secretUri(label) } }
  })
  return { relations, secrets: { owns: isPublished, present } }
}

// Where no Secret goes, a PodDefault would only mount nothing.
const publishPodDefaults = ({ podDefaults, secrets, app }: Observation): readonly DesiredRelation[] =>
  secrets.length === 0
    ? []
    : podDefaults.map((relation) => ({
        relation,
        app: { kubernetes_manifests: keepEqual(relation.localApp, [podDefaultManifest(app)]), is_secret: null },
      }))

const publish = (observation: Observation, store: FeatureStore, settings: Settings): Publication => {
  const manifests = publishManifests(observation, store, settings)
  const configurations = publishConfigurations(observation, store)
  return {
    relations: [...manifests.relations, ...publishPodDefaults(observation), ...configurations.relations],
    secrets: {
      owns: isPublished,
      present: [...manifests.secrets.present, ...configurations.secrets.present, ...keptPasswords(observation)],
    },
  }
}

const emptied = (bag: TextMap | null): string | null => ((bag?.kubernetes_manifests ?? '') === '' ? null : '[]')

const withdraw = (observation: Observation): Publication => {
  const { secrets, podDefaults, configurations } = observation
  const version = versionInUse(observation)
  const kept = (bag: TextMap | null): string | null => (publishedVersion(bag ?? {}) === null || version === null ? null : String(version))
  const none = Object.fromEntries(configurationKeys.map((key) => [key, null]))
  return {
    relations: [
      ...secrets.map((relation) => ({
        relation,
        app: { kubernetes_manifests: emptied(relation.localApp), is_secret: null, [versionKey]: kept(relation.localApp) },
      })),
      ...podDefaults.map((relation) => ({ relation, app: { kubernetes_manifests: emptied(relation.localApp), is_secret: null } })),
      ...configurations.map((relation) => ({ relation, app: none, unit: { [answerKey]: null } })),
    ],
    secrets: { owns: isPublished, present: [] },
  }
}

/**
 * What goes out to dispatchers and UIs. A unit that does not lead takes only its own answer back.
 *
 * @example
 * planPublication(observation, decide(observation)).relations
 */
export const planPublication = (observation: Observation, { decision }: Decided): Publication => {
  if (!observation.leader) {
    const relations = observation.configurations.map((relation) => ({ relation, unit: { [answerKey]: null } }))
    return { relations, secrets: { owns: isPublished, present: [] } }
  }
  if (decision.kind === 'keep') {
    const present = keptPasswords(observation)
    return { relations: [], ...(present.length === 0 ? {} : { secrets: { owns: () => false, present } }) }
  }
  return decision.kind === 'withdraw' ? withdraw(observation) : publish(observation, decision.store, decision.settings)
}

/** Secrets as they shall be, those of an action whose time is up taken along. */
export const withoutExpired = (secrets: DesiredSecrets | undefined, expired: string | null): DesiredSecrets | undefined => {
  if (expired === null || !expired.startsWith(revealedPrefix)) return secrets
  const { owns, present } = secrets ?? { owns: () => false, present: [] }
  return { owns: (label) => label === expired || owns(label), present }
}
