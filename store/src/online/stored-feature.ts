import type { AnyStoredView } from '../definition/definition.ts'
import type { Field } from '../definition/field.ts'

/** A stored feature to be read: of which view, by which keys. */
export interface StoredFeature {
  readonly view: AnyStoredView
  /** The view's name in full names: its own, or an alias. */
  readonly alias: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly field: Field
}
