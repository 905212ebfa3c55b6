type Schema = {
  readonly type?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value)

const fits = (type: string, value: unknown): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeOf(value) === (type === 'object' ? 'object' : type)

/**
 * What a value lacks of a structural schema: types and required fields, no more.
 *
 * @example
 * schemaProblems({ type: 'object', required: ['a'] }, {}, 'spec')   // ['spec.a: Required value']
 */
export function schemaProblems(schema: unknown, value: unknown, path: string): readonly string[] {
  // What a CustomResourceDefinition says is a schema, or says nothing here.
  const { type, required = [], properties = {}, items } = (schema ?? {}) as Schema
  if (type !== undefined && !fits(type, value)) return [`${path}: Invalid value: it must be of type ${type}, not ${typeOf(value)}`]
  if (Array.isArray(value)) return value.flatMap((each, index) => schemaProblems(items, each, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  const place = (key: string): string => (path === '' ? key : `${path}.${key}`)
  const given = new Map(Object.entries(value))
  return [
    ...required.filter((key) => !given.has(key)).map((key) => `${place(key)}: Required value`),
    ...Object.entries(properties).flatMap(([key, below]) => (given.has(key) ? schemaProblems(below, given.get(key), place(key)) : [])),
  ]
}
