import type { Caller } from '../decision.ts'
import { serverError } from '../errors.ts'
import { limits } from './limits.ts'

const running = new Map<string, number>()

/**
 * Runs a question for at most so many seconds, and at most so many of one user at a time.
 *
 * @throws SERVER_BUSY
 */
export const inTime = async <T>(caller: Caller, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const who = caller.user ?? ''
  const count = running.get(who) ?? 0
  if (count >= limits.atOnce) throw serverError('SERVER_BUSY', ['another question', String(count)])
  running.set(who, count + 1)
  try {
    return await ask(AbortSignal.any([signal, AbortSignal.timeout(limits.seconds * 1000)]))
  } finally {
    const left = (running.get(who) ?? 1) - 1
    if (left === 0) running.delete(who)
    else running.set(who, left)
  }
}
