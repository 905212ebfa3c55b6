import { type RunTool, readTool } from './run.ts'

/** How much a log line matters. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'

// MAX_ARG_STRLEN of Linux is 131,072 with the final zero byte; a log line that long helps nobody.
const limit = 16_384

const fit = (message: string): string => (message.length <= limit ? message : `${message.slice(0, limit).toWellFormed()}… (cut)`)

/**
 * Writes one line to Juju's log. The text stands in the arguments of a process: redact it first ({@link Redactor}).
 *
 * @example
 * await jujuLog(run, 'INFO', 'configuration published')
 */
export const jujuLog = async (run: RunTool, level: LogLevel, message: string): Promise<void> => {
  await readTool(run, { tool: 'juju-log', args: ['--log-level', level, '--', fit(message.replaceAll('\0', '\ufffd'))] })
}
