import { blocked, type Hook, type Relation, type Status, type TextMap, waiting } from '@charmed-feast/charm'
import {
  answerKey,
  askKey,
  type FeatureStore,
  type ParsedConfiguration,
  parseConfigurationBag,
  parseConfigurationSecret,
} from '@charmed-feast/feast-integrator-charm'

import type { Metadata } from './metadata.ts'

/** What the integrator says: a store to show, or why there is none. */
export type Configuration = { readonly kind: 'store'; readonly store: FeatureStore } | { readonly kind: 'none'; readonly status: Status }

/** The relation, and what it says. */
export interface ObservedConfiguration {
  readonly relation: Relation | null
  readonly configuration: Configuration
}

/** The Python charm's words, which wrap each other. */
const invalid = (why: string): Status =>
  blocked(
    `Invalid relation data: Data format for FeastStoreConfiguration has incorrect format: Failed to create FeastStoreConfiguration: ${why}.`,
  )

const statusOf = (parsed: Exclude<ParsedConfiguration, { readonly kind: 'configuration' }>): Status => {
  if (parsed.kind === 'empty') return waiting('Waiting for relation data: No data found in relation feast-configuration data bag.')
  if (parsed.kind === 'missing') return blocked(`Invalid relation data: missing ${parsed.keys.join(', ')}`)
  const { key, value } = parsed
  return invalid(
    `Data format for FeastStoreConfiguration has incorrect format: ${key} must be int or string representing an int, got :${value}.`,
  )
}

/** The fifteen keys are always up to date; the secret adds what they cannot say, even if it was left by an integrator that is gone. */
const merge = (plain: FeatureStore, whole: FeatureStore | null): FeatureStore =>
  whole === null
    ? plain
    : {
        ...whole,
        registry: { ...plain.registry, tls: whole.registry.tls },
        offlineStore: { ...plain.offlineStore, tls: whole.offlineStore.tls },
        onlineStore: { ...plain.onlineStore, tls: whole.onlineStore.tls },
      }

const readStore = (bag: TextMap, secret: FeatureStore | null): Configuration => {
  const parsed = parseConfigurationBag(bag)
  if (parsed.kind !== 'configuration') return { kind: 'none', status: statusOf(parsed) }
  return { kind: 'store', store: merge(parsed.store, secret) }
}

const none = (status: Status): Configuration => ({ kind: 'none', status })

/** The answer stands in the unit databag of the integrator's leader. */
const findAnswer = async (hook: Hook<Metadata>): Promise<string | null> => {
  const [relation] = await hook.relations('feast-configuration', ['remoteUnits'])
  const answers = Object.values(relation?.remoteUnits ?? {}).map((bag) => bag[answerKey])
  return answers.find((uri) => uri !== undefined && uri !== '') ?? null
}

const observeRelated = async (hook: Hook<Metadata>, relation: Relation<'remoteApp' | 'app'>): Promise<Configuration> => {
  const { remoteApp, app, id } = relation
  const answer = await findAnswer(hook)
  if (answer === null) return readStore(remoteApp, null)
  const content = await hook.findSecret({ id: answer, label: `feast-configuration.${id}.secret`, revision: 'refresh' })
  if (content === null) return none(waiting(`Waiting for relation data: ${app} has not granted its secret yet`))
  const store = parseConfigurationSecret(content)
  if (store === null)
    return none(blocked(`Invalid relation data: the secret of ${app} is not what this revision reads; refresh both charms`))
  return readStore(remoteApp, store)
}

/**
 * Reads what the integrator says.
 *
 * @example
 * const { configuration } = await observeConfiguration(hook)
 */
export const observeConfiguration = async (hook: Hook<Metadata>): Promise<ObservedConfiguration> => {
  const [relation, ...more] = await hook.relations('feast-configuration', ['app', 'remoteApp'])
  if (relation === undefined) return { relation: null, configuration: none(blocked('Missing relation: feast-configuration')) }
  if (more.length > 0) {
    return { relation, configuration: none(blocked('There is more than one relation on feast-configuration: remove all but one')) }
  }
  return { relation, configuration: await observeRelated(hook, relation) }
}

/** What asks the integrator for all that it knows. */
export const ask = { [askKey]: 'true' }
