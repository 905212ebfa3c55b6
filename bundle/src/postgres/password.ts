import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { systemCode, writingInto } from './folder.ts'
import type { Layout } from './layout.ts'

/** A password that needs no quoting anywhere: 192 random bits in letters, digits, `-` and `_`. */
export const makePassword = (): string => randomBytes(24).toString('base64url')

/** The superuser's password from its file; undefined where none is. */
export const readPassword = async ({ passwordFile }: Layout): Promise<string | undefined> => {
  try {
    const password = (await readFile(passwordFile, 'utf8')).trim()
    return password === '' ? undefined : password
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Keeps the superuser's password where our account alone may read it. */
export const keepPassword = async ({ directory, passwordFile }: Layout, password: string): Promise<void> => {
  const draft = `${passwordFile}.draft`
  await writingInto(directory, async () => {
    await writeFile(draft, `${password}\n`, { mode: 0o600, flush: true })
    await rename(draft, passwordFile)
  })
}
