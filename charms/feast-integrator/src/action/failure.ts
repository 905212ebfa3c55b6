import type { StoreName } from '../metadata.ts'
import { adviceOn, codeOf, unknownCode } from './connection.ts'

/**
 * Does work with a database; what fails there is said by code and advice, without the message, which may hold names and values.
 *
 * @throws {Error} `registry: 28P01, the password is refused: …`
 *
 * @example
 * await explaining('registry', () => withConnection(registry, readTables))
 */
export const explaining = async <Value>(store: StoreName, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    if (code === unknownCode) throw error
    throw new Error(`${store}: ${code}, ${adviceOn(code)}`, { cause: error })
  }
}
