import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'
import type { Js, ValueType } from './value-type.ts'

/** What features are about: a driver, a customer. Rows are found by its join key. */
export interface Entity<Name extends string = string, Key extends string = string, T extends ValueType = ValueType> extends Described {
  readonly kind: 'entity'
  readonly name: Name
  readonly joinKey: Key
  readonly valueType: T
}

/** The join keys of entities and what their values are: `{ driver_id: bigint }`. */
export type KeysOf<E extends readonly Entity[]> = { [X in E[number] as X['joinKey']]: Js<X['valueType']> }

/** What Feast stores as the entity of a view that has none. */
export const dummyEntityName = '__dummy'
/** The join key of Feast's dummy entity; its one value is the empty string. */
export const dummyJoinKey = '__dummy_id'

/**
 * Defines an entity. The join key is the name when it is left out.
 *
 * @throws STORE_DEFINITION_INVALID when the name or the join key is empty
 *
 * @example
 * const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
 */
export const entity = <const Name extends string, T extends ValueType, const Key extends string = Name>(
  spec: DescribedSpec & { readonly name: Name; readonly joinKey?: Key; readonly valueType: T },
): Entity<Name, Key, T> => {
  if (spec.name === '') throw storeError('STORE_DEFINITION_INVALID', ['entity', '', 'it has no name'])
  if (spec.joinKey === '') throw storeError('STORE_DEFINITION_INVALID', ['entity', spec.name, 'its join key is empty'])
  // Key falls back to Name, which the type parameter's default says and inference cannot see.
  const joinKey = (spec.joinKey ?? spec.name) as Key
  return Object.freeze({ kind: 'entity', name: spec.name, joinKey, valueType: spec.valueType, ...described(spec) })
}
