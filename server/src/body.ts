import { serverError } from './errors.ts'
import type { Json, JsonObject, JsonSchema } from './json.ts'
import type { BodyReader } from './route.ts'

/** Says what is wrong with a member. */
type Note = (problem: string) => undefined

/** A member of a body: what it may be, in JSON schema, and how it is read. */
export interface Member<T> {
  readonly schema: JsonSchema
  readonly required: boolean
  readonly read: (value: unknown, note: Note) => T | undefined
}

/** Members by name. */
export type Members = Readonly<Record<string, Member<unknown>>>

/** What is read of members. */
export type BodyOf<M> = { readonly [Name in keyof M]: M[Name] extends Member<infer T> ? T : never }

const typed =
  <T extends string | number | boolean>(type: 'string' | 'number' | 'boolean', words: string) =>
  (): Member<T> => ({
    schema: { type },
    required: true,
    // typeof says what T stands for.
    read: (value, note) => (typeof value === type ? (value as T) : note(`has to be ${words}`)),
  })

/** A text. */
export const string = typed<string>('string', 'a text')
/** True or false. */
export const boolean = typed<boolean>('boolean', 'true or false')

/** A whole number between two ends, both included. */
export const whole = (least: number, most: number): Member<number> => ({
  schema: { type: 'integer', minimum: least, maximum: most },
  required: true,
  read: (value, note) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : note(`has to be a whole number from ${least} to ${most}`),
})

/** One of a few words. */
export const word = <const W extends string>(...words: readonly W[]): Member<W> => ({
  schema: { type: 'string', enum: words },
  required: true,
  read: (value, note) => words.find((each) => each === value) ?? note(`has to be one of ${words.join(', ')}`),
})

/** A list of at most so many. */
export const list = <T>(of: Member<T>, most: number): Member<readonly T[]> => ({
  schema: { type: 'array', items: of.schema, maxItems: most },
  required: true,
  read: (value, note) => {
    if (!Array.isArray(value)) return note('has to be a list')
    if (value.length > most) return note(`has ${value.length} items; allowed: ${most}`)
    const read = value.map((item, at) => of.read(item, (problem) => note(`[${at}] ${problem}`)))
    return read.some((item) => item === undefined) ? undefined : (read as readonly T[])
  },
})

/** An object of JSON, whatever it holds. */
export const record = (): Member<JsonObject> => ({
  schema: { type: 'object' },
  required: true,
  // JSON.parse made it.
  read: (value, note) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : note('has to be an object'),
})

/** An object with the members told; others are let be. */
export const object = <const M extends Members>(members: M): Member<BodyOf<M>> => ({
  schema: schemaOf(members),
  required: true,
  read: (value, note) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return note('has to be an object')
    let failed = false
    const read = Object.entries(members).map(([name, member]) => {
      const fail: Note = (problem) => {
        failed = true
        return note(problem.startsWith('[') || problem.startsWith('.') ? `.${name}${problem}` : `.${name} ${problem}`)
      }
      const given: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
      if (given === undefined && member.required) return [name, fail('is missing')]
      return [name, member.read(given, fail)]
    })
    // Each member reads the type that it declares; entries lose that.
    return failed ? undefined : (Object.fromEntries(read) as BodyOf<M>)
  },
})

/** A member that may be `null` or left out. */
export const nullable = <T>(of: Member<T>): Member<T | null> => ({
  schema: { anyOf: [of.schema, { type: 'null' }] },
  required: false,
  read: (value, note) => (value === undefined || value === null ? null : of.read(value, note)),
})

/** A member with a value for when it is left out, or `null`. */
export const withDefault = <T extends Json>(of: Member<T>, fallback: T): Member<T> => ({
  schema: { ...of.schema, default: fallback },
  required: false,
  read: (value, note) => (value === undefined || value === null ? fallback : of.read(value, note)),
})

const schemaOf = (members: Members): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
  required: Object.entries(members).flatMap(([name, { required }]) => (required ? [name] : [])),
})

/**
 * Reads a body with members.
 *
 * @example
 * const body = bodyOf({ project: string(), limit: whole(1, 100) })
 */
export const bodyOf = <const M extends Members>(members: M): BodyReader<BodyOf<M>> => {
  const whole = object(members)
  return {
    schema: whole.schema,
    read: (body) => {
      const problems: string[] = []
      const read = whole.read(body, (problem) => {
        problems.push(`body${problem.startsWith('.') ? problem : ` ${problem}`}`)
        return undefined
      })
      if (read === undefined) throw serverError('SERVER_REQUEST_INVALID', [problems.join('; ')])
      return read
    },
  }
}
