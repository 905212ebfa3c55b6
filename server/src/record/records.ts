import { resolve } from 'node:path'
import type { StoreConfig } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { Ground, Row } from './ground.ts'
import { postgresGround } from './postgres-ground.ts'
import { sqliteGround } from './sqlite-ground.ts'

/** Our own records: made when the first is written, never by reading. */
export interface Records extends AsyncDisposable {
  /** Runs a statement about what was written, `{run}` or `{change}` in the text: no rows while nothing ever was. */
  query(text: string, values?: readonly (string | number | null)[]): Promise<readonly Row[]>
  /** As {@link Records.query}, for statements that may be the first to write. @throws SERVER_NOT_SUPPORTED where nothing can be kept */
  write(text: string, values?: readonly (string | number | null)[]): Promise<readonly Row[]>
  /** Why nothing can be kept; `null` where it can. */
  problem(): Promise<string | null>
  tell(id: string): Promise<void>
  hear(heard: (id: string) => void): void
}

const groundOf = ({ registry, repoPath }: StoreConfig, report: (error: unknown) => void): Ground | string => {
  if (registry.kind === 'sql')
    return registry.target === null ? 'the registry is not in PostgreSQL' : postgresGround(registry.target, report)
  if (registry.kind === 'file' && !/^\w+:\/\//.test(registry.path))
    return sqliteGround(`${resolve(repoPath, registry.path)}.records.sqlite`)
  return 'the registry is neither in PostgreSQL nor a file of this machine'
}

/** What statements may name. */
const filled = (ground: Ground, text: string): string =>
  text
    .replaceAll(/\{(run|change)\}/g, (_, name: string) => ground.table(name))
    .replaceAll('{now}', ground.now)
    .replaceAll('{skip taken}', ground.skipTaken)

/**
 * Opens the records beside a registry.
 *
 * @example
 * await using records = openRecords(config, report)
 * await records.query('SELECT doc FROM {run} WHERE project = $1', ['demo'])
 */
export const openRecords = (config: StoreConfig, report: (error: unknown) => void): Records => {
  const ground = groundOf(config, report)
  if (typeof ground === 'string') {
    const refuse = async (): Promise<never> => {
      throw serverError('SERVER_NOT_SUPPORTED', ['keep records', ground])
    }
    return {
      ...{ query: async () => [], write: refuse, problem: async () => ground, tell: async () => undefined, hear: () => undefined },
      async [Symbol.asyncDispose]() {},
    }
  }
  let made = false
  return {
    async query(text, values) {
      if (values?.some((value) => typeof value === 'string' && value.includes('\0'))) return [] // no text of PostgreSQL holds one
      made ||= await ground.isMade()
      return made ? await ground.query(filled(ground, text), values) : []
    },
    async write(text, values) {
      if (!made) {
        const problem = await ground.problem()
        if (problem !== null) throw serverError('SERVER_NOT_SUPPORTED', ['keep records', problem])
        await ground.make()
        made = true
      }
      return await ground.query(filled(ground, text), values)
    },
    problem: () => ground.problem(),
    tell: (id) => ground.tell(id),
    hear: (heard) => ground.hear(heard),
    [Symbol.asyncDispose]: () => ground[Symbol.asyncDispose](),
  }
}
