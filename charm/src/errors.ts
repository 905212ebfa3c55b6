/** One row of an error table: the words for those who read it. */
interface ErrorRow {
  readonly message: (...values: never[]) => string
}

/**
 * Every error that the framework throws: code and message, in the form `cannot <verb> <thing> "<value>": <why>`.
 * `docs/reference/charm-errors.md` explains each code.
 */
export const charmErrors = {
  // Context
  CHARM_CONTEXT_INVALID: { message: (variable: string, why: string) => `cannot read Juju variable "${variable}": ${why}` },
  CHARM_EVENT_UNKNOWN: { message: (path: string) => `cannot dispatch "${path}": no such hook or action is known` },

  // Hook tools
  CHARM_TOOL_MISSING: { message: (tool: string) => `cannot run hook tool "${tool}": it is not on PATH; is this process run by Juju?` },
  CHARM_TOOL_KILLED: { message: (tool: string, signal: string) => `cannot run hook tool "${tool}": ended by ${signal}` },
  CHARM_TOOL_USAGE: {
    message: (tool: string, why: string) => `cannot run hook tool "${tool}": Juju does not take these arguments: ${why}`,
  },
  CHARM_TOOL_FAILED: { message: (tool: string, why: string) => `cannot run hook tool "${tool}": ${why}` },
  CHARM_TOOL_OUTPUT: { message: (tool: string, why: string) => `cannot read output of hook tool "${tool}": ${why}` },
  CHARM_TOOL_ARGUMENT: { message: (tool: string, why: string) => `cannot build arguments for hook tool "${tool}": ${why}` },

  // Juju's objects
  CHARM_RELATION_NOT_FOUND: { message: (tool: string, why: string) => `cannot find relation in "${tool}": ${why}` },
  CHARM_UNIT_NOT_FOUND: { message: (tool: string, why: string) => `cannot find unit in "${tool}": ${why}` },
  CHARM_SECRET_NOT_FOUND: { message: (tool: string, why: string) => `cannot find secret in "${tool}": ${why}` },
  CHARM_PERMISSION_DENIED: { message: (tool: string, why: string) => `cannot use "${tool}": ${why}` },
  CHARM_DATABAG_INVALID: {
    message: (key: string, why: string) => `cannot write databag key "${key}": ${why}`,
  },
  CHARM_SECRET_INVALID: { message: (label: string, why: string) => `cannot write secret "${label}": ${why}` },
  CHARM_SECRET_UNDECLARED: {
    message: (label: string, key: string) => `cannot write databag key "${key}": no own secret has label "${label}"`,
  },
  CHARM_STATUS_INVALID: { message: (kind: string) => `cannot set status "${kind}": allowed: active, blocked, maintenance, waiting` },

  // Pebble
  CHARM_PEBBLE_UNREACHABLE: { message: (socket: string, why: string) => `cannot reach Pebble at "${socket}": ${why}` },
  CHARM_PEBBLE_REFUSED: { message: (request: string, why: string) => `cannot do "${request}" in Pebble: ${why}` },
  CHARM_PEBBLE_PROTOCOL: { message: (request: string, why: string) => `cannot read Pebble's answer to "${request}": ${why}` },
  CHARM_PEBBLE_PATH: { message: (action: string, path: string, why: string) => `cannot ${action} file "${path}": ${why}` },
  CHARM_PEBBLE_CHANGE_FAILED: { message: (summary: string, why: string) => `cannot finish change "${summary}": ${why}` },
  CHARM_PEBBLE_EXEC: { message: (command: string, exit: string) => `cannot run command "${command}": it ended with exit code ${exit}` },
  CHARM_PEBBLE_TIMEOUT: {
    message: (change: string, seconds: string) => `cannot wait for change "${change}": not ready after ${seconds} s`,
  },

  // Kubernetes
  CHARM_KUBERNETES_ABSENT: { message: (why: string) => `cannot reach Kubernetes: ${why}` },
  CHARM_KUBERNETES_UNREACHABLE: { message: (url: string, why: string) => `cannot reach Kubernetes at "${url}": ${why}` },
  CHARM_KUBERNETES_REFUSED: { message: (request: string, why: string) => `cannot ${request} in Kubernetes: ${why}` },
} as const satisfies Readonly<Record<string, ErrorRow>>

/** The name of a row of {@link charmErrors}: what a caller may act on. */
export type CharmErrorCode = keyof typeof charmErrors

/**
 * What the framework throws. Act on `code`; `message` is for people; `cause` is the error below, when there is one.
 *
 * @example
 * try {
 *   await hook.secret({ id: uri, label: 'db.1.user.secret' })
 * } catch (error) {
 *   if (!isCharmError(error, 'CHARM_SECRET_NOT_FOUND')) throw error
 * }
 */
export class CharmError extends Error {
  readonly code: CharmErrorCode

  constructor(code: CharmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CharmError'
    this.code = code
  }
}

/**
 * Makes the error of a row of the table.
 *
 * @example
 * throw charmError('CHARM_STATUS_INVALID', ['terminated'])
 */
export const charmError = <Code extends CharmErrorCode>(
  code: Code,
  values: Parameters<(typeof charmErrors)[Code]['message']>,
  options?: ErrorOptions,
): CharmError => {
  // A union of functions takes the intersection of their parameters; Code ties values to the row.
  const text = (charmErrors[code].message as (...values: readonly string[]) => string)(...(values as readonly string[]))
  return new CharmError(code, text, options)
}

/**
 * Whether `error` is one of the framework's errors with one of these codes (with any, if none is named).
 *
 * @example
 * isCharmError(charmError('CHARM_TOOL_MISSING', ['is-leader']), 'CHARM_TOOL_MISSING') // true
 */
export const isCharmError = (error: unknown, ...codes: readonly CharmErrorCode[]): error is CharmError =>
  error instanceof CharmError && (codes.length === 0 || codes.includes(error.code))
