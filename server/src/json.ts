/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** An object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** A JSON schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = JsonObject

/** Whether a value of JSON is an object. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path of member names; `undefined` where there is none. */
export const valueAt = (value: Json | undefined, path: readonly string[]): Json | undefined => {
  let found: Json | undefined = value
  for (const name of path) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  return found
}

/** The text of a value of JSON that is text; else `''`. */
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
