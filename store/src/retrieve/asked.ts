import type { AnyStoredView } from '../definition/definition.ts'
import { type AnyRef, parseRef } from '../definition/feature-ref.ts'
import type { FeatureService } from '../definition/feature-service.ts'
import type { Field } from '../definition/field.ts'
import type { OnDemandFeatureView, OnDemandInput } from '../definition/on-demand-feature-view.ts'
import type { RequestSource } from '../definition/source.ts'
import type { ValueType } from '../definition/value-type.ts'
import { allowed, storeError } from '../errors.ts'
import type { Catalog } from '../message/catalog.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { StoredFeature } from '../online/stored-feature.ts'

/** An on-demand view to be computed, with where each of its inputs comes from. */
export interface OnDemandStep {
  readonly view: OnDemandFeatureView
  readonly inputs: readonly { readonly name: string; readonly from: { readonly stored: number } | { readonly request: string } }[]
}

/** One column of the answer: a stored feature by its place, or a feature that a step computes. */
export interface OutputColumn {
  readonly name: string
  readonly from: { readonly stored: number } | { readonly step: number; readonly feature: string }
}

/** A column that every row must have. */
export interface RowColumn {
  readonly name: string
  readonly type: ValueType
}

/** What was asked for, resolved against one version of the registry. Rows only bring values. */
export interface ResolvedRequest {
  readonly stored: readonly StoredFeature[]
  readonly steps: readonly OnDemandStep[]
  readonly outputs: readonly OutputColumn[]
  readonly joinKeys: readonly RowColumn[]
  readonly requestFields: readonly RowColumn[]
}

interface AskedFeature {
  readonly of: string
  readonly alias: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly feature: string
  readonly as: string
}

/** How a request is resolved. */
export interface ResolveOptions {
  readonly fullFeatureNames: boolean
  /** On-demand views that are left out: their features are there, and have no values. */
  readonly skips?: (view: OnDemandFeatureView) => boolean
}

/** References, or a service (by value; its projections are the registry's when it is registered). */
export type AskedFor = readonly (AnyRef | string)[] | FeatureService<string, readonly unknown[]>

/** What was asked for, in words: the service's name, or each reference. */
export const askedNames = (asked: AskedFor): readonly string[] =>
  isService(asked) ? [asked.name] : asked.map((ref) => (typeof ref === 'string' ? ref : `${ref.view}:${ref.feature}`))

const isService = (asked: AskedFor): asked is FeatureService<string, readonly unknown[]> => 'kind' in asked

const fromText = (text: string): AskedFeature => {
  const parsed = parseRef(text)
  if (parsed === undefined) throw storeError('STORE_REF_INVALID', [text, 'it has to read "view:feature"'])
  if (parsed.version !== undefined && parsed.version !== 'latest')
    throw storeError('STORE_REF_INVALID', [text, 'versions are not read here; ask for the view without "@"'])
  return { of: parsed.view, alias: parsed.view, joinKeyMap: {}, feature: parsed.feature, as: parsed.feature }
}

const askedFeatures = (asked: AskedFor, catalog: Catalog): readonly AskedFeature[] => {
  if (!isService(asked))
    return asked.map((ref) =>
      typeof ref === 'string'
        ? fromText(ref)
        : { of: ref.of, alias: ref.view, joinKeyMap: ref.joinKeyMap, feature: ref.feature, as: ref.as },
    )
  const service = catalog.service(asked.name) ?? asked
  return service.projections.flatMap(({ view, alias, joinKeyMap, features }) =>
    features.map((feature) => ({ of: view, alias: alias === '' ? view : alias, joinKeyMap, feature, as: feature })),
  )
}

const findView = (catalog: Catalog, name: string): ProjectedView => {
  const view = catalog.view(name)
  if (view === undefined) throw storeError('STORE_VIEW_NOT_FOUND', [name, catalog.project, allowed(catalog.viewNames())])
  if ('disabled' in view && view.disabled) throw storeError('STORE_VIEW_DISABLED', [name])
  return view
}

const findField = (view: ProjectedView, name: string): Field => {
  const field = view.fields.find((candidate) => candidate.name === name)
  if (field === undefined) throw storeError('STORE_FEATURE_NOT_FOUND', [name, view.name, allowed(view.fields.map((each) => each.name))])
  return field
}

const isRequest = (input: OnDemandInput): input is RequestSource => 'kind' in input && input.kind === 'request-source'

/** Collects what has to be read, each thing once, while the request is walked through. */
class Resolution {
  readonly stored: StoredFeature[] = []
  readonly steps: OnDemandStep[] = []
  readonly joinKeys = new Map<string, RowColumn>()
  readonly requestFields = new Map<string, RowColumn>()
  readonly #storedPlaces = new Map<string, number>()
  readonly #stepPlaces = new Map<string, number>()
  readonly #catalog: Catalog
  readonly #skips: (view: OnDemandFeatureView) => boolean

  constructor(catalog: Catalog, skips: (view: OnDemandFeatureView) => boolean) {
    this.#catalog = catalog
    this.#skips = skips
  }

  storedFeature(view: AnyStoredView, alias: string, joinKeyMap: Readonly<Record<string, string>>, field: Field): number {
    const id = JSON.stringify([alias, joinKeyMap, field.name])
    const known = this.#storedPlaces.get(id)
    if (known !== undefined) return known
    for (const entity of view.entities) {
      const name = joinKeyMap[entity.joinKey] ?? entity.joinKey
      this.joinKeys.set(name, { name, type: entity.valueType })
    }
    this.#storedPlaces.set(id, this.stored.length)
    return this.stored.push({ view, alias, joinKeyMap, field }) - 1
  }

  step(view: OnDemandFeatureView): number {
    const known = this.#stepPlaces.get(view.name)
    if (known !== undefined) return known
    // What is not computed needs nothing of the row.
    const sources = this.#skips(view) ? [] : view.sources
    const inputs = sources.flatMap((input) => (isRequest(input) ? this.#requestInputs(input) : this.#viewInputs(view, input)))
    this.#stepPlaces.set(view.name, this.steps.length)
    return this.steps.push({ view, inputs }) - 1
  }

  #requestInputs(source: RequestSource): OnDemandStep['inputs'] {
    return source.fields.map(({ name, type }) => {
      this.requestFields.set(name, { name, type })
      return { name, from: { request: name } }
    })
  }

  #viewInputs(owner: OnDemandFeatureView, input: Exclude<OnDemandInput, RequestSource>): OnDemandStep['inputs'] {
    const view = findView(this.#catalog, input.of)
    if (view.kind === 'on-demand-feature-view')
      throw storeError('STORE_DEFINITION_INVALID', ['on-demand feature view', owner.name, `its source "${view.name}" is computed as well`])
    return input.fields.map(({ name }) => ({
      name,
      from: { stored: this.storedFeature(view, input.name, input.joinKeyMap, findField(view, name)) },
    }))
  }
}

/**
 * Resolves a request against the registry: what to read, what to compute, which columns rows must have, what the answer looks like.
 *
 * @throws STORE_VIEW_NOT_FOUND, STORE_FEATURE_NOT_FOUND, STORE_REF_INVALID for what does not exist
 * @throws STORE_FEATURE_NAMES_COLLIDE when two features would have one name in the answer
 *
 * @example
 * resolveAsked(['driver_hourly_stats:conv_rate'], catalog, { fullFeatureNames: false }).outputs[0]?.name // 'conv_rate'
 */
export const resolveAsked = (asked: AskedFor, catalog: Catalog, options: ResolveOptions): ResolvedRequest => {
  const features = askedFeatures(asked, catalog)
  if (features.length === 0) throw storeError('STORE_REQUEST_EMPTY', [])
  const resolution = new Resolution(catalog, options.skips ?? (() => false))
  const outputs = features.map(({ of, alias, joinKeyMap, feature, as }): OutputColumn => {
    const view = findView(catalog, of)
    const field = findField(view, feature)
    const name = options.fullFeatureNames ? `${alias}__${as}` : as
    return view.kind === 'on-demand-feature-view' && !view.writeToOnlineStore
      ? { name, from: { step: resolution.step(view), feature } }
      : { name, from: { stored: resolution.storedFeature(asStored(view), alias, joinKeyMap, field) } }
  })
  checkNames(outputs, resolution.joinKeys)
  return Object.freeze({
    stored: resolution.stored,
    steps: resolution.steps,
    outputs,
    joinKeys: [...resolution.joinKeys.values()],
    requestFields: [...resolution.requestFields.values()],
  })
}

/** A view written to the online store is read like a stored one: it has the same name, fields and entities. */
const asStored = (view: ProjectedView): AnyStoredView =>
  view.kind === 'on-demand-feature-view'
    ? Object.freeze({
        ...view,
        kind: 'feature-view',
        entityColumns: [],
        ttl: undefined,
        source: undefined,
        streamSource: undefined,
        online: true,
        offline: false,
        transformation: undefined,
        enableValidation: false,
        sourceViews: [],
      })
    : view

const checkNames = (outputs: readonly OutputColumn[], joinKeys: ReadonlyMap<string, RowColumn>): void => {
  const seen = new Set<string>()
  const twice = outputs.filter(({ name }) => seen.size === seen.add(name).size).map(({ name }) => name)
  if (twice.length > 0) throw storeError('STORE_FEATURE_NAMES_COLLIDE', [twice.join(', '), 'two features'])
  const key = outputs.find(({ name }) => joinKeys.has(name))
  if (key !== undefined) throw storeError('STORE_FEATURE_NAMES_COLLIDE', [key.name, 'a feature and a join key'])
}
