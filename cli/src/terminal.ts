/** What a command sees of the process that runs it: nothing else is read or written. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Writes text to standard output, as it stands. */
  out(text: string): void
  /** Writes text to standard error. */
  err(text: string): void
  /** Whether standard output is a person's screen: colours and progress bars go nowhere else. */
  readonly interactive: boolean
  /** Asks a yes-or-no question; false when nobody can answer. */
  confirm(question: string): Promise<boolean>
  /** Microseconds since 1970 (UTC). */
  now(): bigint
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}
