import type { FeatureRef } from './feature-ref.ts'
import { type Field, fieldsOf, type Schema } from './field.ts'
import type { Js } from './value-type.ts'

type Intersect<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never

/** An intersection shown as one object type. */
export type Flat<T> = { [K in keyof T]: T[K] } & {}

/** What a view that needs no key, or no request field, needs: a record without fields. */
export type NoFields = Record<never, never>

/** The members of a union, all at once and flat. */
export type Merged<U> = Flat<Intersect<U>>

type Refs<View extends string, S extends Schema, Keys, Request> = {
  readonly [F in keyof S & string]: FeatureRef<View, F, Js<S[F]>, Keys, Request>
}

type Renamed<Keys, M> = { [K in keyof Keys as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: Keys[K] }

/**
 * What can be asked for features: a feature view of any kind, or a projection of one under another name or with other keys.
 * `Keys` are its join keys, `Request` its request fields: for the compiler alone.
 */
export interface View<Name extends string = string, S extends Schema = Schema, Keys = unknown, Request = unknown> {
  /** The name in references: the view's own, or the alias of {@link View.withName}. */
  readonly name: Name
  /** The view's own name. */
  readonly of: string
  /** The view's join keys to the names that rows use instead. */
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly schema: S
  readonly fields: readonly Field[]
  /** The features, to be picked from: `stats.features.conv_rate`. */
  readonly features: Refs<Name, S, Keys, Request>
  /** The same view under another name, so that it can be asked for twice. */
  withName<const A extends string>(name: A): View<A, S, Keys, Request>
  /** The same view with join keys found under other names: `{ driver_id: 'origin_id' }`. */
  withJoinKeyMap<const M extends { readonly [K in keyof Keys]?: string }>(map: M): View<Name, S, Flat<Renamed<Keys, M>>, Request>
}

/** Any view. Its keys and request fields are what they are. */
export type AnyView = View<string, Schema, unknown, unknown>

/** What a view's name must not hold; Feast keeps both for references. */
const reserved = [
  ['@', 'is reserved for versions in references'],
  [':', 'separates view and feature in references'],
] as const

/** Why a name cannot be a view's, or undefined when it can. Source: Feast ≥ 0.62. */
export const viewNameFault = (name: string): string | undefined => {
  if (name === '') return 'it has no name'
  const found = reserved.find(([mark]) => name.includes(mark))
  return found === undefined ? undefined : `its name holds "${found[0]}", which ${found[1]}`
}

interface ViewParts<S extends Schema> {
  readonly name: string
  readonly of: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly schema: S
  readonly fields: readonly Field[]
}

/**
 * Builds the part of a view that all kinds share, with its references. The caller's return type says what the keys are; nothing at run
 * time depends on it.
 */
export const viewOf = <Name extends string, S extends Schema, Keys, Request>(
  kind: string,
  name: Name,
  schema: S,
): View<Name, S, Keys, Request> => project({ name, of: name, joinKeyMap: Object.freeze({}), schema, fields: fieldsOf(schema, kind, name) })

const project = <Name extends string, S extends Schema, Keys, Request>(parts: ViewParts<S>): View<Name, S, Keys, Request> => {
  const { name, of, joinKeyMap, schema } = parts
  const features = Object.fromEntries(
    Object.keys(schema).map((feature) => [
      feature,
      Object.freeze({ kind: 'feature-ref', view: name, of, joinKeyMap, feature, as: feature }),
    ]),
  )
  const view = {
    ...parts,
    features: Object.freeze(features),
    withName: (alias: string) => project({ ...parts, name: alias }),
    withJoinKeyMap: (map: Readonly<Record<string, string>>) => project({ ...parts, joinKeyMap: Object.freeze({ ...joinKeyMap, ...map }) }),
  }
  // The one place where a run-time record becomes a typed view: names and schema are values, keys are known to the compiler alone.
  return Object.freeze(view) as unknown as View<Name, S, Keys, Request>
}
