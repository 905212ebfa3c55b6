import { storeError } from '../errors.ts'
import type { Js, ValueType, ValueTypeName } from './value-type.ts'

/** What a field may say besides its type. */
export interface FieldOptions {
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Whether the online store indexes the field for vector search. */
  readonly vectorIndex?: boolean
  /** `cosine`, `L2`, `inner_product`, … */
  readonly vectorSearchMetric?: string
  readonly vectorLength?: number
}

/** A type with the words that go with one field of it. See {@link field}. */
export interface FieldType<Name extends ValueTypeName = ValueTypeName, J = unknown> extends ValueType<Name, J> {
  readonly options?: FieldOptions
}

/**
 * Gives one field of a schema a description, tags or a vector index.
 *
 * @example
 * const schema = { conv_rate: field(float32, { description: 'share of offers accepted' }), trips: int64 }
 */
export const field = <N extends ValueTypeName, J>(type: ValueType<N, J>, options: FieldOptions): FieldType<N, J> =>
  Object.freeze({ ...type, options: Object.freeze({ ...options }) })

/** The columns of a view, a request or a label: names to types, in order. */
export type Schema = Readonly<Record<string, FieldType>>

/** What a row with the columns of a schema is in TypeScript, nothing missing. */
export type RowOf<S extends Schema> = { [K in keyof S]: Js<S[K]> }

/** One column with everything that is known of it. Feast's `Field`. */
export interface Field {
  readonly name: string
  readonly type: ValueType
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly vectorIndex: boolean
  readonly vectorSearchMetric: string
  readonly vectorLength: number
}

/** A field with nothing said of it but its type. */
export const plainField = (name: string, type: FieldType): Field => {
  const { options = {}, ...valueType } = type
  return Object.freeze({
    name,
    type: Object.freeze(valueType),
    description: options.description ?? '',
    tags: Object.freeze({ ...options.tags }),
    vectorIndex: options.vectorIndex ?? false,
    vectorSearchMetric: options.vectorSearchMetric ?? '',
    vectorLength: options.vectorLength ?? 0,
  })
}

/**
 * The fields of a schema, in order.
 *
 * @throws STORE_DEFINITION_INVALID when a name is empty
 */
export const fieldsOf = (schema: Schema, kind: string, owner: string): readonly Field[] =>
  Object.freeze(
    Object.entries(schema).map(([name, type]) => {
      if (name === '') throw storeError('STORE_DEFINITION_INVALID', [kind, owner, 'a field has no name'])
      return plainField(name, type)
    }),
  )

/** The schema that fields came from: the way back, for definitions read from a registry. */
export const schemaOf = (fields: readonly Field[]): Schema =>
  Object.freeze(
    Object.fromEntries(
      fields.map(({ name, type, ...said }) => {
        const options: FieldOptions = {
          ...(said.description === '' ? {} : { description: said.description }),
          ...(Object.keys(said.tags).length === 0 ? {} : { tags: said.tags }),
          ...(said.vectorIndex ? { vectorIndex: true } : {}),
          ...(said.vectorSearchMetric === '' ? {} : { vectorSearchMetric: said.vectorSearchMetric }),
          ...(said.vectorLength === 0 ? {} : { vectorLength: said.vectorLength }),
        }
        return [name, Object.keys(options).length === 0 ? type : field(type, options)]
      }),
    ),
  )
