/** What the command line says of its own, beside what the store says: code, message, exit code. */
export const errors = {
  CLI_MODULE_BROKEN: { exit: 1, message: (path: string, why: string) => `cannot load module "${path}": ${why}` },
  CLI_REPOSITORY_EMPTY: {
    exit: 1,
    message: (folder: string) => `cannot apply "${folder}": no module below it exports a definition; remove the project with teardown`,
  },
  CLI_REPOSITORY_PYTHON: {
    exit: 1,
    message: (folder: string) => `cannot apply "${folder}": it is defined in Python; run Python's feast apply`,
  },
  CLI_REPOSITORY_EXISTS: {
    exit: 1,
    message: (folder: string) => `cannot make repository "${folder}": it has a feature_store.yaml already`,
  },
  CLI_NOT_CONFIRMED: { exit: 1, message: (what: string) => `cannot ${what}: it was not confirmed; say --yes` },
  CLI_TIME_INVALID: {
    exit: 2,
    message: (text: string) => `cannot read time "${text}": it has to be ISO 8601, such as 2026-01-31T12:00:00`,
  },
  CLI_ARGUMENT_INVALID: { exit: 2, message: (name: string, text: string, why: string) => `cannot read ${name} "${text}": ${why}` },
  CLI_NOT_IN_VERSION: {
    exit: 2,
    message: (command: string, instead: string) => `cannot run "${command}": not in this version; ${instead}`,
  },
  CLI_OBJECT_NOT_FOUND: {
    exit: 1,
    message: (kind: string, name: string, project: string) => `cannot find ${kind} "${name}" in project "${project}"`,
  },
} as const

/** A row of {@link errors}. */
export type CliErrorCode = keyof typeof errors

/** What a command throws when its arguments or its surroundings are not what it needs. */
export class CliError extends Error {
  readonly code: CliErrorCode
  /** The exit code of the process. */
  readonly exit: number

  constructor(code: CliErrorCode, message: string, exit: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
    this.exit = exit
  }
}

/** Makes the error of a row. */
export const cliError = <Code extends CliErrorCode>(
  code: Code,
  values: Parameters<(typeof errors)[Code]['message']>,
  options?: ErrorOptions,
): CliError => {
  const { exit, message } = errors[code]
  // A union of functions takes the intersection of their parameters; Code ties values to the row.
  return new CliError(code, (message as (...values: readonly string[]) => string)(...(values as readonly string[])), exit, options)
}
