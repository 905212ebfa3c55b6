/** What a configuration is substituted from: `process.env`, or what a test gives. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The text after substitution, and the lines that name a variable which is not set. */
export interface Substituted {
  readonly text: string
  readonly unsetLines: readonly number[]
}

/**
 * Puts environment variables into the raw text of a configuration, as Python's `os.path.expandvars` does on POSIX and Feast before it
 * reads YAML: `$NAME` and `${NAME}`, once, without defaults and without a way to escape. What is not set stays as it stands. A value is
 * put in as it is, so that one with `: ` or ` #` in it breaks the YAML unless the file quotes it.
 *
 * @see https://docs.python.org/3/library/os.path.html#os.path.expandvars
 * @example
 * substituteVariables('password: "${PW}"', { PW: 's3cret' }).text // 'password: "s3cret"'
 */
export const substituteVariables = (text: string, environment: Environment): Substituted => {
  const unsetLines: number[] = []
  const substituted = text.replace(
    /\$(?:([A-Za-z0-9_]+)|\{([^}]*)\})/g,
    (whole, bare: string | undefined, braced: string | undefined, offset: number) => {
      const name = bare ?? braced ?? ''
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined
      if (value !== undefined) return value
      // `$abc` may be a piece of a password; braces are meant.
      if (braced !== undefined) unsetLines.push(text.slice(0, offset).split('\n').length)
      return whole
    },
  )
  return { text: substituted, unsetLines }
}
