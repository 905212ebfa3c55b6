import { serverError } from './errors.ts'
import type { JsonSchema } from './json.ts'

/** What is wrong with a parameter, for the one error that names all of them. */
type Note = (problem: string) => undefined

/** A query parameter: what it may be, in JSON schema, and how it is read. */
export interface Parameter<T> {
  readonly schema: JsonSchema
  readonly description?: string
  readonly required: boolean
  /** `values`: all that the query says under the name, in its order. */
  readonly read: (values: readonly string[], note: Note) => T | undefined
}

/** The parameters of a route, by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** What is read of parameters. */
export type QueryOf<P> = { readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never }

const optional = { required: false } as const

/** A text; `undefined` when left out. Of a parameter that is said twice the last counts, as in Feast. */
export const text = (description?: string): Parameter<string | undefined> => ({
  ...optional,
  schema: { type: 'string' },
  ...(description === undefined ? {} : { description }),
  read: (values) => values.at(-1),
})

/** A text that must be there. It may be empty. */
export const neededText = (description?: string): Parameter<string> => ({
  ...text(description),
  required: true,
  read: (values, note) => values.at(-1) ?? note('is missing'),
})

/** One of a few words. */
export const oneOf = <const W extends string, const D extends W | undefined>(words: readonly W[], fallback: D): Parameter<W | D> => ({
  ...optional,
  schema: { type: 'string', enum: words, ...(fallback === undefined ? {} : { default: fallback }) },
  read: (values, note) => {
    const value = values.at(-1)
    if (value === undefined) return fallback
    return words.find((word) => word === value) ?? note(`is "${value}"; allowed: ${words.join(', ')}`)
  },
})

/** A parameter that may be repeated. */
export const texts = (description?: string): Parameter<readonly string[]> => ({
  ...optional,
  schema: { type: 'array', items: { type: 'string' } },
  ...(description === undefined ? {} : { description }),
  read: (values) => values,
})

// What Feast's server (pydantic) takes for a boolean and for an integer; observed on 0.67.
const yes = new Set(['true', '1', 'yes', 'on', 't', 'y'])
const no = new Set(['false', '0', 'no', 'off', 'f', 'n'])
const integral = /^\s*[+-]?\d+(?:\.0+)?\s*$/

/** A switch. */
export const flag = (fallback: boolean, description?: string): Parameter<boolean> => ({
  ...optional,
  schema: { type: 'boolean', default: fallback },
  ...(description === undefined ? {} : { description }),
  read: (values, note) => {
    const value = values.at(-1)?.toLowerCase()
    if (value === undefined) return fallback
    return yes.has(value) ? true : no.has(value) ? false : note(`is "${value}", no boolean`)
  },
})

/** A whole number between two ends, both included. */
export const integer = <D extends number | undefined>(options: {
  readonly fallback: D
  readonly least?: number
  readonly most?: number
}): Parameter<number | D> => {
  const { fallback, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER } = options
  return {
    ...optional,
    schema: {
      type: 'integer',
      ...(options.least === undefined ? {} : { minimum: least }),
      ...(options.most === undefined ? {} : { maximum: most }),
      ...(fallback === undefined ? {} : { default: fallback }),
    },
    read: (values, note) => {
      const value = values.at(-1)
      if (value === undefined) return fallback
      if (!integral.test(value)) return note(`is "${value}", no whole number`)
      const number = Number(value)
      if (number < least) return note(`is ${number}; it has to be at least ${least}`)
      return number > most ? note(`is ${number}; it has to be at most ${most}`) : number
    },
  }
}

/** A moment in ISO 8601; microseconds since 1970 (UTC). Without a zone it is UTC. */
export const moment = (description?: string): Parameter<bigint | undefined> => ({
  ...optional,
  schema: { type: 'string', format: 'date-time' },
  ...(description === undefined ? {} : { description }),
  read: (values, note) => {
    const value = values.at(-1)
    if (value === undefined) return undefined
    return parseMoment(value) ?? note(`is "${value}", no ISO 8601 time`)
  },
})

const isoTime =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?:[.,](?<fraction>\d{1,9}))?)?\s?(?<zone>Z|[+-]\d{2}:?\d{2})?$/i

/** Reads an ISO 8601 time as microseconds since 1970 (UTC); `undefined` when it is none. */
export const parseMoment = (value: string): bigint | undefined => {
  const parts = isoTime.exec(value.trim())?.groups
  if (parts === undefined) return undefined
  const { day = '', time = '00:00', fraction = '', zone = 'Z' } = parts
  const milliseconds = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}${zone.toUpperCase()}`)
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

/**
 * Reads the query of a request.
 *
 * @throws SERVER_REQUEST_INVALID that names everything wrong
 *
 * @example
 * readQuery({ limit: integer({ fallback: 50, least: 1, most: 100 }) }, new URLSearchParams('limit=5')).limit // 5
 */
export const readQuery = <P extends Parameters>(parameters: P, query: URLSearchParams): QueryOf<P> => {
  const problems: string[] = []
  const read = Object.entries(parameters).map(([name, parameter]) => {
    const note: Note = (problem) => {
      problems.push(`${name} ${problem}`)
      return undefined
    }
    return [name, parameter.read(query.getAll(name), note)]
  })
  if (problems.length > 0) throw serverError('SERVER_REQUEST_INVALID', [problems.join('; ')])
  // Each parameter reads the type that it declares; entries lose that.
  return Object.fromEntries(read) as QueryOf<P>
}
