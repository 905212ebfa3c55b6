import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'
import type { FeatureRef } from './feature-ref.ts'
import { type Field, schemaOf } from './field.ts'
import { type AnyView, viewOf } from './view.ts'

/** A compile error with words in it: the type that no value has. */
export interface Cannot<M extends string> {
  readonly cannot: M
}

/** What a service lists: whole views, or single features of them. */
export type Picked = AnyView | FeatureRef<string, string, unknown, unknown, unknown, string>

type Unrenamed<P> =
  P extends FeatureRef<string, infer F, unknown, unknown, unknown, infer A>
    ? [A] extends [F]
      ? P
      : Cannot<'a service cannot rename a feature: rename the view with withName()'>
    : P

/** The features that one model asks for, under one name. */
export interface FeatureService<Name extends string = string, P extends readonly unknown[] = readonly unknown[]> extends Described {
  readonly kind: 'feature-service'
  readonly name: Name
  readonly pick: P
  /** What is stored: one projection a view and alias, features in the order of the list. */
  readonly projections: readonly Projection[]
  readonly precomputeOnline: boolean
  /** Where served features are logged: Feast's LoggingConfig in its bytes, kept for those who log. */
  readonly logging: Uint8Array | undefined
}

/** Some features of one view, as a service stores them. */
export interface Projection {
  readonly view: string
  /** The alias, or the empty string. */
  readonly alias: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly features: readonly string[]
}

const isRef = (picked: Picked): picked is FeatureRef<string, string, unknown, unknown, unknown, string> =>
  'kind' in picked && picked.kind === 'feature-ref'

const projectionsOf = (name: string, pick: readonly Picked[]): readonly Projection[] => {
  const byKey = new Map<string, { view: string; alias: string; joinKeyMap: Readonly<Record<string, string>>; features: string[] }>()
  for (const picked of pick) {
    const [view, features] = isRef(picked) ? [picked.view, [picked.feature]] : [picked.name, Object.keys(picked.schema)]
    const { of, joinKeyMap } = picked
    const found = byKey.get(view)
    if (found === undefined) byKey.set(view, { view: of, alias: view === of ? '' : view, joinKeyMap, features: [...features] })
    else if (found.view !== of || JSON.stringify(found.joinKeyMap) !== JSON.stringify(joinKeyMap))
      throw storeError('STORE_DEFINITION_INVALID', [
        'feature service',
        name,
        `it lists "${view}" twice with other keys; rename one with withName()`,
      ])
    else found.features.push(...features.filter((feature) => !found.features.includes(feature)))
  }
  return Object.freeze([...byKey.values()].map((projection) => Object.freeze(projection)))
}

/**
 * Names the features that one model asks for.
 *
 * @throws STORE_DEFINITION_INVALID when one name stands for two projections
 *
 * @example
 * const pricing = featureService({ name: 'pricing', features: [stats.features.conv_rate, fare] })
 */
export const featureService = <const Name extends string, const P extends readonly Picked[]>(
  spec: DescribedSpec & {
    readonly name: Name
    readonly features: P & { [I in keyof P]: Unrenamed<P[I]> }
    readonly precomputeOnline?: boolean
    readonly logging?: Uint8Array
  },
): FeatureService<Name, P> => {
  if (spec.name === '') throw storeError('STORE_DEFINITION_INVALID', ['feature service', '', 'it has no name'])
  return Object.freeze({
    kind: 'feature-service',
    name: spec.name,
    pick: spec.features,
    projections: projectionsOf(spec.name, spec.features),
    precomputeOnline: spec.precomputeOnline ?? false,
    logging: spec.logging,
    ...described(spec),
  })
}

/** A service as a registry keeps it: its projections with their fields, from which what it lists can be asked for again. */
export const storedFeatureService = (
  spec: DescribedSpec & {
    readonly name: string
    readonly precomputeOnline: boolean
    readonly logging: Uint8Array | undefined
    readonly projections: readonly (Omit<Projection, 'features'> & { readonly fields: readonly Field[] })[]
  },
): FeatureService => {
  const pick = spec.projections.map(({ view: name, alias, joinKeyMap, fields }) => {
    const view = viewOf('feature view', name, schemaOf(fields))
    const named = alias === '' ? view : view.withName(alias)
    return Object.keys(joinKeyMap).length === 0 ? named : named.withJoinKeyMap(joinKeyMap)
  })
  return Object.freeze({
    kind: 'feature-service',
    name: spec.name,
    pick: Object.freeze(pick),
    projections: Object.freeze(
      spec.projections.map(({ fields, ...projection }) => Object.freeze({ ...projection, features: fields.map((field) => field.name) })),
    ),
    precomputeOnline: spec.precomputeOnline,
    logging: spec.logging,
    ...described(spec),
  })
}
