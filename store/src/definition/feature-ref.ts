/**
 * A feature as it is asked for. `Keys` are the join keys that a row must have, `Request` the request fields; both exist for the compiler.
 * `view` is the name in full feature names: the view's, or its alias. `of` is the view's own name, by which the registry knows it.
 */
export interface FeatureRef<
  View extends string = string,
  Feature extends string = string,
  T = unknown,
  Keys = unknown,
  Request = unknown,
  As extends string = Feature,
> {
  readonly kind: 'feature-ref'
  readonly view: View
  readonly of: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly feature: Feature
  readonly as: As
  readonly type?: T
  readonly keys?: Keys
  readonly request?: Request
}

/** Any reference. */
export type AnyRef = FeatureRef<string, string, unknown, unknown, unknown, string>

/**
 * Renames one feature of an ad-hoc list. A service cannot store that, because Feast's projections name views and not features: rename
 * the view with `withName` there.
 *
 * @example
 * await store.getOnlineFeatures({ features: [as(stats.features.conv_rate, 'rate')], entityRows: [{ driver_id: 1001n }] })
 */
export const as = <V extends string, F extends string, T, K, R, const A extends string>(
  ref: FeatureRef<V, F, T, K, R, string>,
  name: A,
): FeatureRef<V, F, T, K, R, A> => Object.freeze({ ...ref, as: name })

/** A reference written as text, `view:feature` or `view@version:feature`, taken apart; undefined when it is not one. */
export const parseRef = (text: string): { readonly view: string; readonly version?: string; readonly feature: string } | undefined => {
  const match = /^(?<view>[^:@]+)(?:@(?<version>[^:]+))?:(?<feature>[^:]+)$/.exec(text)
  const { view, version, feature } = match?.groups ?? {}
  if (view === undefined || feature === undefined) return undefined
  return version === undefined ? { view, feature } : { view, version, feature }
}
