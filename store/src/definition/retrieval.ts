import type { AnyRef, FeatureRef } from './feature-ref.ts'
import type { Cannot, FeatureService } from './feature-service.ts'
import type { Flat, Merged } from './view.ts'

// How the type of a retrieval follows from what was asked for. Types only. What a repository's modules export may be given to
// `openStore`, so that references written as text are checked as well.

/** What a repository's modules export, by any names. */
export type Repository = Readonly<Record<string, unknown>>

type Viewish = { readonly kind: string; readonly name: string; readonly features: unknown }
/** The views of a repository by their own names. Made once a repository; a reference then looks one name up. */
type ViewsOf<Repo> = {
  [K in keyof Repo as Repo[K] extends Viewish ? Repo[K]['name'] : never]: Repo[K] extends Viewish ? Repo[K]['features'] : never
}

type RefNamed<Repo, X> = X extends `${infer V}:${infer F}`
  ? V extends keyof ViewsOf<Repo>
    ? F extends keyof ViewsOf<Repo>[V]
      ? ViewsOf<Repo>[V][F]
      : Cannot<`view "${V}" has no feature "${F}"`>
    : Cannot<`no view is named "${V}"`>
  : Cannot<'a reference reads "view:feature"'>

/** What can be asked for: references (as values or as text) or a service. */
export type Asked = readonly (AnyRef | string)[] | FeatureService<string, readonly unknown[]>

type RefsOfPick<P> = P extends AnyRef ? P : P extends { readonly features: infer F } ? F[keyof F] : never

/** The references in what was asked for, as a union. Text is looked up in the repository; without one it may name anything. */
export type RefsIn<A, Repo> =
  A extends FeatureService<string, infer P>
    ? Extract<RefsOfPick<P[number]>, AnyRef>
    : A extends readonly (infer X)[]
      ? X extends AnyRef
        ? X
        : string extends keyof Repo
          ? never
          : Extract<RefNamed<Repo, X>, AnyRef>
      : never

/** Text references that name nothing, as the error that says so; `unknown` when all are right. */
type CheckedText<A, Repo> = string extends keyof Repo
  ? unknown
  : A extends readonly unknown[]
    ? { readonly [I in keyof A]: A[I] extends string ? (RefNamed<Repo, A[I]> extends Cannot<infer M> ? Cannot<M> : A[I]) : A[I] }
    : unknown

/** Whether types say all: they do unless text was asked of a store that knows no repository. */
type Untyped<A, Repo> = A extends readonly (infer X)[]
  ? Extract<X, string> extends never
    ? false
    : string extends keyof Repo
      ? true
      : false
  : false

type KeysIn<R> = Merged<R extends FeatureRef<string, string, unknown, infer K, unknown, string> ? K : never>
type RequestIn<R> = Merged<R extends FeatureRef<string, string, unknown, unknown, infer Q, string> ? Q : never>

type Loose = Readonly<Record<string, unknown>>

/** What a row must have: the join keys, and the request fields of on-demand views. */
export type EntityRow<A, Repo = Repository> =
  Untyped<A, Repo> extends true ? Loose : Flat<KeysIn<RefsIn<A, Repo>> & RequestIn<RefsIn<A, Repo>>>

type Column<R extends AnyRef, Full> = Full extends true ? `${R['view']}__${R['as']}` : R['as']
type ValueOf<R> = R extends FeatureRef<string, string, infer T, unknown, unknown, string> ? T : never

/** The features that were asked for, by the names they come back under; null where there is no value. */
export type Features<A, Repo, Full> =
  Untyped<A, Repo> extends true ? Loose : { [R in RefsIn<A, Repo> as Column<R, Full>]: ValueOf<R> | null }

/** One result: the row's join keys and the features. */
export type FeatureVector<A, Repo = Repository, Full = false> =
  Untyped<A, Repo> extends true ? Loose : Flat<KeysIn<RefsIn<A, Repo>> & Features<A, Repo, Full>>

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never
type SameName<R extends AnyRef> = { [N in R['as']]: IsUnion<Extract<R, { readonly as: N }>['view']> extends true ? N : never }[R['as']]

type CheckedNames<R extends AnyRef, Full> = Full extends true
  ? unknown
  : [SameName<R>] extends [never]
    ? [Extract<R['as'], keyof KeysIn<R>>] extends [never]
      ? unknown
      : Cannot<`feature "${Extract<R['as'], keyof KeysIn<R>> & string}" has the name of a join key: ask with fullFeatureNames or as()`>
    : Cannot<`two views have a feature "${SameName<R> & string}": ask with fullFeatureNames or as()`>

/** `unknown` when a request is right, else an error in words: a reference that names nothing, two features of one name. */
export type Checked<A, Repo, Full> = CheckedText<A, Repo> & (Untyped<A, Repo> extends true ? unknown : CheckedNames<RefsIn<A, Repo>, Full>)
