/** One row of an error table: an HTTP status for those who serve it, and the words for those who read it. */
interface ErrorRow {
  readonly status: number
  readonly message: (...values: never[]) => string
}

const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))

/**
 * Every error that the store throws: code, HTTP status, message. The words follow one form,
 * `cannot <verb> <thing> "<value>": <why>; allowed: …`, and `docs/reference/errors.md` explains each code.
 */
export const errors = {
  // Definitions
  STORE_DEFINITION_INVALID: {
    status: 422,
    message: (kind: string, name: string, why: string) => `cannot define ${kind} "${name}": ${why}`,
  },
  STORE_VALUE_INVALID: {
    status: 422,
    message: (type: string, value: string, why: string) => `cannot encode value "${value}" as ${type}: ${why}`,
  },
  STORE_VALUE_UNREADABLE: { status: 500, message: (type: string, why: string) => `cannot decode value of type "${type}": ${why}` },
} as const satisfies Readonly<Record<string, ErrorRow>>

/** The name of a row of {@link errors}: what a caller may act on. */
export type StoreErrorCode = keyof typeof errors

/**
 * What every operation of the store throws. Act on `code`; `message` is for people; `cause` is the error below, when there is one.
 *
 * @example
 * try {
 *   await store.getOnlineFeatures(request)
 * } catch (error) {
 *   if (error instanceof StoreError && error.code === 'STORE_VALUE_INVALID') console.error(error.message)
 *   else throw error
 * }
 */
export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** The HTTP status that a server answers with. */
  readonly status: number

  constructor(code: StoreErrorCode, message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
    this.status = status
  }
}

/**
 * Makes the error of a row of the table.
 *
 * @example
 * throw storeError('STORE_VALUE_INVALID', ['INT64', 'abc', 'not a whole number'])
 */
export const storeError = <Code extends StoreErrorCode>(
  code: Code,
  values: Parameters<(typeof errors)[Code]['message']>,
  options?: ErrorOptions,
): StoreError => {
  const { status, message } = errors[code]
  // A union of functions takes the intersection of their parameters; Code ties values to the row.
  const text = (message as (...values: readonly string[]) => string)(...(values as readonly string[]))
  return new StoreError(code, text, status, options)
}

/** The part of a message that says what would have been right: names, comma-separated, or `none`. */
export const allowed = (names: Iterable<string>): string => `allowed: ${list([...names].sort())}`
