import { jujuLog, type LogLevel } from './hook-tool/log.ts'
import type { RunTool } from './hook-tool/run.ts'
import type { Redactor } from './redact.ts'

/** Juju's log for one hook. Every line is redacted; a hook writes ten at most. */
export interface Log {
  readonly debug: (message: string) => Promise<void>
  readonly info: (message: string) => Promise<void>
  readonly warning: (message: string) => Promise<void>
  readonly error: (message: string) => Promise<void>
  /** Writes what was held back, as one line. The dispatcher calls it at the end of the hook. */
  readonly flush: () => Promise<void>
}

/** What {@link createLog} needs. */
export interface LogOptions {
  readonly run: RunTool
  readonly redactor: Redactor
  /** Where lines go too, when `JUJU_DEBUG` is set. */
  readonly echo?: (line: string) => void
  /** How many lines a hook may write; the last one is kept for what did not fit. */
  readonly limit?: number
}

const order: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']

/**
 * Opens the log of a hook. The first lines go out at once; from the last allowed one on they are held back and go out together.
 *
 * @example
 * const log = createLog({ run, redactor })
 * await log.info('configuration published')
 */
export const createLog = ({ run, redactor, echo, limit = 10 }: LogOptions): Log => {
  const held: { readonly level: LogLevel; readonly text: string }[] = []
  let written = 0

  const write = async (level: LogLevel, message: string): Promise<void> => {
    const text = redactor.redact(message)
    echo?.(`${level} ${text}`)
    if (written >= limit - 1) {
      held.push({ level, text })
      return
    }
    written += 1
    await jujuLog(run, level, text)
  }

  const flush = async (): Promise<void> => {
    const lines = held.splice(0)
    const [first] = lines
    if (first === undefined) return
    const level = order[Math.max(...lines.map((line) => order.indexOf(line.level)))] ?? 'INFO'
    await jujuLog(run, level, lines.length === 1 ? first.text : lines.map((line) => `${line.level} ${line.text}`).join('\n'))
  }

  return {
    debug: (message) => write('DEBUG', message),
    info: (message) => write('INFO', message),
    warning: (message) => write('WARNING', message),
    error: (message) => write('ERROR', message),
    flush,
  }
}
