import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'
import type { Entity } from './entity.ts'
import type { RowOf, Schema } from './field.ts'
import type { RequestSource } from './source.ts'
import type { Aggregation, StoredTransformation } from './transformation.ts'
import type { Js } from './value-type.ts'
import { type Merged, type NoFields, type View, viewNameFault, viewOf } from './view.ts'

/** What an on-demand view computes from: stored views (or projections of them) and request fields. */
export type OnDemandInput = View<string, Schema, unknown, unknown> | RequestSource

type InputRow<X> =
  X extends RequestSource<infer S>
    ? RowOf<S>
    : X extends View<string, infer S, unknown, unknown>
      ? { [K in keyof S]: Js<S[K]> | null }
      : never
type InputKeys<X> = X extends RequestSource ? NoFields : X extends View<string, Schema, infer K, unknown> ? K : never
type InputRequest<X> = X extends RequestSource<infer S> ? RowOf<S> : X extends View<string, Schema, unknown, infer R> ? R : never

/** The row that a transformation gets: every feature of its views (null when absent) and every request field. */
export type TransformRow<Src extends readonly OnDemandInput[]> = Merged<InputRow<Src[number]>>
/** What a transformation gives back for one row. */
export type TransformResult<S extends Schema> = { readonly [K in keyof S]: Js<S[K]> | null }
/** The same by columns: what a column transformation gets. */
export type TransformColumns<Row> = { readonly [K in keyof Row]: ArrayLike<Row[K]> }

/** How features are computed: by row, by column, or not by us (`stored`: what the registry keeps of somebody else's code). */
export type Transform =
  | { readonly mode: 'row'; readonly run: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> }
  | {
      readonly mode: 'column'
      readonly run: (columns: Readonly<Record<string, ArrayLike<unknown>>>, rows: number) => Readonly<Record<string, ArrayLike<unknown>>>
    }
  | { readonly mode: 'stored'; readonly stored: StoredTransformation | undefined }

/** Features computed when they are asked for, from other features and from the request. Feast's OnDemandFeatureView. */
export type OnDemandFeatureView<
  Name extends string = string,
  Src extends readonly OnDemandInput[] = readonly OnDemandInput[],
  S extends Schema = Schema,
> = View<Name, S, Merged<InputKeys<Src[number]>>, Merged<InputRequest<Src[number]>>> &
  Described & {
    readonly kind: 'on-demand-feature-view'
    readonly sources: Src
    readonly transform: Transform
    /** Feast's word for how its own code runs: `pandas`, `python`, `substrait`. */
    readonly mode: string
    readonly singleton: boolean
    /** Computed once, at write, and then read like a stored feature; needs entities. */
    readonly writeToOnlineStore: boolean
    readonly entities: readonly Entity[]
    readonly aggregations: readonly Aggregation[]
    readonly version: string
    readonly org: string
    readonly disabled: boolean
  }

/** What an on-demand view says besides its transformation. */
export interface OnDemandFeatureViewSpec<Name extends string, Src extends readonly OnDemandInput[], S extends Schema>
  extends DescribedSpec {
  readonly name: Name
  readonly sources: Src
  readonly schema: S
  readonly writeToOnlineStore?: boolean
  readonly entities?: readonly Entity[]
  readonly version?: string
  readonly org?: string
  readonly disabled?: boolean
}

/** What only a view read from a registry has. */
export interface StoredOnDemand {
  readonly stored: StoredTransformation | undefined
  readonly mode: string
  readonly singleton: boolean
  readonly aggregations: readonly Aggregation[]
}

const define = <const Name extends string, const Src extends readonly OnDemandInput[], S extends Schema>(
  spec: OnDemandFeatureViewSpec<Name, Src, S>,
  transform: Transform,
  stored: Omit<StoredOnDemand, 'stored'>,
): OnDemandFeatureView<Name, Src, S> => {
  const fault = (why: string) => storeError('STORE_DEFINITION_INVALID', ['on-demand feature view', spec.name, why])
  const nameFault = viewNameFault(spec.name)
  if (nameFault !== undefined) throw fault(nameFault)
  if (spec.sources.length === 0) throw fault('it has no source; it needs a view or a request source')
  if (spec.writeToOnlineStore === true && (spec.entities ?? []).length === 0)
    throw fault('it is written to the online store and has no entity')
  return Object.freeze({
    kind: 'on-demand-feature-view',
    ...viewOf<Name, S, Merged<InputKeys<Src[number]>>, Merged<InputRequest<Src[number]>>>('on-demand feature view', spec.name, spec.schema),
    ...described(spec),
    ...stored,
    transform: Object.freeze(transform),
    sources: spec.sources,
    writeToOnlineStore: spec.writeToOnlineStore ?? false,
    entities: Object.freeze([...(spec.entities ?? [])]),
    version: spec.version ?? 'latest',
    org: spec.org ?? '',
    disabled: spec.disabled ?? false,
  })
}

/**
 * Defines features computed by TypeScript when they are asked for. `transform` gets one row, or with `transformColumns` all of them as
 * columns. The registry keeps a placeholder that Python lists and never runs; only code that was passed in runs.
 *
 * @throws STORE_DEFINITION_INVALID without a source, or when it is to be written to the online store without entities
 *
 * @example
 * const fare = onDemandFeatureView({
 *   name: 'fare',
 *   sources: [stats, trip],
 *   schema: { expected_fare: float64 },
 *   transform: (row) => ({ expected_fare: 2 + row.distance_km * (1 + (row.conv_rate ?? 0)) }),
 * })
 */
export const onDemandFeatureView = <const Name extends string, const Src extends readonly OnDemandInput[], S extends Schema>(
  spec: OnDemandFeatureViewSpec<Name, Src, S> &
    (
      | { readonly transform: (row: TransformRow<Src>) => TransformResult<S> }
      | {
          readonly transformColumns: (
            columns: TransformColumns<TransformRow<Src>>,
            rows: number,
          ) => { readonly [K in keyof S]: ArrayLike<Js<S[K]> | null> }
        }
    ),
): OnDemandFeatureView<Name, Src, S> => {
  // The compiler has checked the function against the sources; from here on rows are records that were built for it.
  const transform = (
    'transform' in spec ? { mode: 'row', run: spec.transform } : { mode: 'column', run: spec.transformColumns }
  ) as Transform
  return define(spec, transform, { mode: 'python', singleton: false, aggregations: [] })
}

/**
 * Names an on-demand view whose code is Python's, so that its features can be asked for and are typed. Applying it would take its code
 * away, and is refused.
 *
 * @example
 * const risk = pythonFeatureView({ name: 'risk', sources: [stats], schema: { score: float64 } })
 */
export const pythonFeatureView = <const Name extends string, const Src extends readonly OnDemandInput[], S extends Schema>(
  spec: OnDemandFeatureViewSpec<Name, Src, S>,
): OnDemandFeatureView<Name, Src, S> =>
  define(spec, { mode: 'stored', stored: undefined }, { mode: 'python', singleton: false, aggregations: [] })

/** An on-demand view as a registry keeps it: its code is carried, shown, and never run. */
export const storedOnDemandFeatureView = (
  spec: OnDemandFeatureViewSpec<string, readonly OnDemandInput[], Schema> & StoredOnDemand,
): OnDemandFeatureView =>
  define(spec, { mode: 'stored', stored: spec.stored }, { mode: spec.mode, singleton: spec.singleton, aggregations: spec.aggregations })
