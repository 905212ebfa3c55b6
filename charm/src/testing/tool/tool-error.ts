/**
 * What a hook tool says when it refuses: `ERROR <message>` on standard error. Exit 2 for wrong options and arguments,
 * exit 1 for everything that fails while running (juju-tools.md §5).
 *
 * @example
 * throw new ToolError('permission denied')
 */
export class ToolError extends Error {
  readonly exit: 1 | 2
  constructor(message: string, exit: 1 | 2 = 1) {
    super(message)
    this.exit = exit
  }
}

/** `--help` was given: the tool prints its usage and exits 0. */
export class HelpRequest extends Error {}

/** A refusal of options or arguments: exit 2. */
export function usageError(message: string): ToolError {
  return new ToolError(message, 2)
}
