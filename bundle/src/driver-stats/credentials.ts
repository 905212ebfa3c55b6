import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makePassword } from '../postgres/password.ts'

/** The databases of the example: one each for the three jobs, each with a user of its own. */
export const databaseNames = ['registry', 'offline_store', 'online_store'] as const
/** One of {@link databaseNames}. */
export type DatabaseName = (typeof databaseNames)[number]
/** Passwords by database. */
export type Passwords = Readonly<Record<DatabaseName, string>>

const isPasswords = (value: unknown): value is Passwords =>
  typeof value === 'object' &&
  value !== null &&
  databaseNames.every((name) => name in value && typeof Reflect.get(value, name) === 'string')

/** The passwords of the example's databases: made at the first start, kept in a file that only its owner reads. */
export const keptPasswords = async (folder: string): Promise<Passwords> => {
  const path = join(folder, 'passwords.json')
  try {
    const kept: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (isPasswords(kept)) return kept
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const made: Passwords = { registry: makePassword(), offline_store: makePassword(), online_store: makePassword() }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(path, JSON.stringify(made), { mode: 0o600 })
  return made
}
