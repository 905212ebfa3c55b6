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
  STORE_TYPE_UNKNOWN: {
    status: 500,
    message: (number: string, field: string) => `cannot read field "${field}": value type ${number} is of a newer Feast`,
  },
  STORE_REGISTRY_ROW_UNREADABLE: {
    status: 500,
    message: (kind: string, name: string, why: string) => `cannot read ${kind} "${name}" from the registry: ${why}`,
  },
  STORE_VALUE_INVALID: {
    status: 422,
    message: (type: string, value: string, why: string) => `cannot encode value "${value}" as ${type}: ${why}`,
  },
  STORE_VALUE_UNREADABLE: { status: 500, message: (type: string, why: string) => `cannot decode value of type "${type}": ${why}` },

  // PostgreSQL: `where` is host:port/database
  STORE_POSTGRES_TARGET_INVALID: {
    status: 422,
    message: (where: string, why: string) => `cannot use PostgreSQL target "${where}": ${why}`,
  },
  STORE_POSTGRES_IDENTIFIER_INVALID: {
    status: 422,
    message: (name: string, why: string) => `cannot quote PostgreSQL name "${name}": ${why}`,
  },
  STORE_POSTGRES_UNREACHABLE: { status: 503, message: (where: string, why: string) => `cannot reach PostgreSQL "${where}": ${why}` },
  STORE_POSTGRES_LOGIN_REFUSED: {
    status: 503,
    message: (where: string, user: string, why: string) => `cannot log in to PostgreSQL "${where}" as "${user}": ${why}`,
  },
  STORE_POSTGRES_TLS_REFUSED: { status: 503, message: (where: string, why: string) => `cannot open TLS to PostgreSQL "${where}": ${why}` },
  STORE_POSTGRES_TLS_FILE_INVALID: { status: 500, message: (path: string, why: string) => `cannot use TLS file "${path}": ${why}` },
  STORE_POSTGRES_DATABASE_MISSING: {
    status: 503,
    message: (where: string) => `cannot open PostgreSQL "${where}": the database does not exist; create it or name another`,
  },
  STORE_POSTGRES_PERMISSION_DENIED: {
    status: 500,
    message: (where: string, user: string, why: string) => `cannot run statement on PostgreSQL "${where}" as "${user}": ${why}`,
  },
  STORE_POSTGRES_TABLE_MISSING: {
    status: 500,
    message: (where: string, why: string) => `cannot find table on PostgreSQL "${where}": ${why}`,
  },
  STORE_POSTGRES_CANCELLED: {
    status: 499,
    message: (where: string, why: string) => `cannot finish statement on PostgreSQL "${where}": ${why}`,
  },
  STORE_POSTGRES_TIMEOUT: {
    status: 504,
    message: (where: string, milliseconds: string) =>
      `cannot finish statement on PostgreSQL "${where}": it took longer than ${milliseconds} ms`,
  },
  STORE_POSTGRES_CONNECTION_LOST: {
    status: 503,
    message: (where: string, why: string) => `cannot keep connection to PostgreSQL "${where}": ${why}`,
  },
  STORE_POSTGRES_STATEMENT_FAILED: {
    status: 500,
    message: (where: string, why: string) => `cannot run statement on PostgreSQL "${where}": ${why}`,
  },
  STORE_POSTGRES_POOL_CLOSED: { status: 503, message: (where: string) => `cannot use pool of PostgreSQL "${where}": it is closed` },

  // Configuration
  STORE_CONFIG_UNREADABLE: { status: 500, message: (path: string, why: string) => `cannot read feature_store.yaml "${path}": ${why}` },
  STORE_CONFIG_INVALID: {
    status: 422,
    message: (path: string, problems: string) => `cannot read feature_store.yaml "${path}": ${problems}`,
  },

  // Entity keys
  STORE_ENTITY_KEY_VERSION_UNSUPPORTED: {
    status: 422,
    message: (version: string, why: string, versions: string) => `cannot use entity key version "${version}": ${why}; ${versions}`,
  },
  STORE_ENTITY_KEY_TYPE_UNSUPPORTED: {
    status: 422,
    message: (name: string, type: string, types: string) => `cannot use join key "${name}": ${type} values cannot be keys; ${types}`,
  },
  STORE_ENTITY_KEY_NAMES_INVALID: { status: 422, message: (name: string, why: string) => `cannot use join key "${name}": ${why}` },
  STORE_ENTITY_KEY_INVALID: {
    status: 422,
    message: (name: string, value: string, row: string, why: string) =>
      `cannot encode value "${value}" of join key "${name}" in row ${row}: ${why}`,
  },
  STORE_ENTITY_KEY_UNREADABLE: { status: 500, message: (key: string, why: string) => `cannot decode entity key "${key}": ${why}` },

  // Registry
  STORE_REGISTRY_OBJECT_INVALID: {
    status: 422,
    message: (kind: string, name: string, why: string) => `cannot apply ${kind} "${name}": ${why}`,
  },
  STORE_REGISTRY_OBJECT_NOT_FOUND: {
    status: 404,
    message: (kind: string, name: string, project: string) => `cannot find ${kind} "${name}": project "${project}" does not have it`,
  },
  STORE_REGISTRY_VERSION_NOT_FOUND: {
    status: 404,
    message: (name: string, version: string, project: string) =>
      `cannot find version "${version}" of view "${name}": project "${project}" does not have it`,
  },
  STORE_REGISTRY_VERSION_PINNED: {
    status: 409,
    message: (name: string, version: string) =>
      `cannot pin view "${name}" to "${version}": its definition differs from the active one; apply the definition and the pin one after the other`,
  },
  STORE_REGISTRY_PROJECT_NOT_FOUND: {
    status: 404,
    message: (name: string) => `cannot find project "${name}": the registry does not have it`,
  },
  STORE_REGISTRY_PROJECT_PROTECTED: {
    status: 409,
    message: (name: string) =>
      `cannot delete project "${name}": its tag feast.dev/protected-project is "true"; apply it without the tag first`,
  },
  STORE_REGISTRY_SCHEMA_MISSING: {
    status: 503,
    message: (where: string, tables: string) =>
      `cannot use registry "${where}": it lacks tables ${tables}; create them with: feast registry create-schema`,
  },
  STORE_REGISTRY_SCHEMA_UNSUPPORTED: {
    status: 501,
    message: (path: string) => `cannot make tables of registry "${path}": it is a file`,
  },
  STORE_REGISTRY_CONFLICT: {
    status: 409,
    message: (project: string) => `cannot apply project "${project}": others keep writing to its registry; try again`,
  },
  STORE_REGISTRY_METADATA_UNSUPPORTED: {
    status: 501,
    message: (key: string, path: string) => `cannot write metadata "${key}": registry file "${path}" has no place for it`,
  },
  STORE_REGISTRY_FILE_UNREADABLE: { status: 500, message: (path: string, why: string) => `cannot read registry file "${path}": ${why}` },
  STORE_REGISTRY_FILE_LOCKED: {
    status: 503,
    message: (path: string, owner: string) => `cannot write registry file "${path}": ${owner} holds its lock "${path}.lock"`,
  },

  // Retrieval
  STORE_REF_INVALID: { status: 400, message: (ref: string, why: string) => `cannot read feature reference "${ref}": ${why}` },
  STORE_REQUEST_EMPTY: { status: 400, message: () => 'cannot retrieve features: none is asked for' },
  STORE_VIEW_NOT_FOUND: {
    status: 404,
    message: (name: string, project: string, known: string) => `cannot find view "${name}" in project "${project}"; ${known}`,
  },
  STORE_SERVICE_NOT_FOUND: {
    status: 404,
    message: (name: string, project: string, known: string) => `cannot find feature service "${name}" in project "${project}"; ${known}`,
  },
  STORE_VIEW_DISABLED: { status: 409, message: (name: string) => `cannot serve view "${name}": it is disabled` },
  STORE_FEATURE_NOT_FOUND: {
    status: 404,
    message: (name: string, view: string, known: string) => `cannot find feature "${name}" in view "${view}"; ${known}`,
  },
  STORE_FEATURE_NAMES_COLLIDE: {
    status: 400,
    message: (name: string, what: string) => `cannot name "${name}": ${what} would share it; ask with fullFeatureNames or as()`,
  },
  STORE_ENTITY_ROW_INVALID: {
    status: 400,
    message: (row: string, column: string, why: string) => `cannot read row ${row}, column "${column}": ${why}`,
  },
  STORE_ONLINE_ROW_INVALID: { status: 500, message: (why: string) => `cannot read a row of the online store: ${why}` },

  // Materialization and writing
  STORE_VIEW_WITHOUT_HISTORY: {
    status: 409,
    message: (name: string) => `cannot read the history of view "${name}": it has no batch source`,
  },
  STORE_VIEW_SOURCE_UNFIT: {
    status: 422,
    message: (view: string, source: string, why: string) => `cannot read view "${view}" from source "${source}": ${why}`,
  },
  STORE_VIEW_NOT_ONLINE: { status: 409, message: (name: string) => `cannot materialize view "${name}": it is not online` },
  STORE_MATERIALIZE_WINDOW_INVALID: { status: 400, message: (view: string, why: string) => `cannot materialize view "${view}": ${why}` },
  STORE_SQLITE_FAILED: {
    status: 500,
    message: (verb: string, path: string, why: string) => `cannot ${verb} SQLite file "${path}": ${why}`,
  },
  STORE_JOB_LOST: {
    status: 500,
    message: (view: string, why: string) =>
      `cannot note that materializing view "${view}" failed (${why}): the online store does not answer`,
  },
  STORE_TYPE_NOT_RUN: {
    status: 501,
    message: (room: string, type: string) => `cannot use ${room} of type "${type}": this version does not run it`,
  },
  STORE_ONLINE_DISABLED: {
    status: 409,
    message: (project: string) => `cannot use the online store of project "${project}": feature_store.yaml switches it off`,
  },
  STORE_PUSH_ROW_INVALID: {
    status: 422,
    message: (view: string, row: string, column: string, why: string) =>
      `cannot push row ${row} to view "${view}", column "${column}": ${why}`,
  },
  STORE_PUSH_SOURCE_NOT_FOUND: {
    status: 422,
    message: (name: string, known: string) => `cannot push to "${name}": no view has such a push source; ${known}`,
  },

  // Offline store
  STORE_ENTITY_ROWS_INVALID: {
    status: 400,
    message: (column: string, why: string) => `cannot read entity rows, column "${column}": ${why}`,
  },
  STORE_SOURCE_INVALID: { status: 422, message: (name: string, why: string) => `cannot read data source "${name}": ${why}` },
  STORE_SOURCE_VALUE_UNFIT: {
    status: 500,
    message: (column: string, source: string, type: string, value: string) =>
      `cannot read column "${column}" of data source "${source}" as ${type}: it holds "${value}"`,
  },
  STORE_STRATEGY_UNKNOWN: {
    status: 400,
    message: (view: string, strategy: string, known: string) =>
      `cannot join view "${view}" by "${strategy}": this store does not do that; ${known}`,
  },
  STORE_SOURCE_WRITE_REFUSED: {
    status: 422,
    message: (name: string, why: string) => `cannot write to data source "${name}": ${why}`,
  },
  STORE_DATASET_EXISTS: { status: 409, message: (where: string) => `cannot save dataset to "${where}": there is one already` },
  STORE_DATASET_UNSUPPORTED: { status: 501, message: (kind: string, why: string) => `cannot use dataset storage "${kind}": ${why}` },
  STORE_PEER_MISSING: {
    status: 501,
    message: (what: string, name: string) => `cannot ${what}: package ${name} is not installed; install it with: npm install ${name}`,
  },

  // On-demand transformations
  STORE_TRANSFORM_FAILED: {
    status: 500,
    message: (view: string, where: string, why: string) => `cannot compute on-demand view "${view}" for ${where}: ${why}`,
  },
  STORE_TRANSFORM_NOT_OURS: {
    status: 501,
    message: (view: string) => `cannot compute on-demand view "${view}": its code is Python; skip it with skipOnDemand, or ask Feast`,
  },
  STORE_TRANSFORM_MISSING: {
    status: 501,
    message: (view: string) =>
      `cannot compute on-demand view "${view}": its code was not given; open the store with the repository that defines it`,
  },
  STORE_TRANSFORM_CHANGED: {
    status: 409,
    message: (view: string) => `cannot compute on-demand view "${view}": the code given is not the code that was applied; apply it again`,
  },
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
