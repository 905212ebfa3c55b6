import { readFileSync } from 'node:fs'

interface Wish {
  readonly user?: string | undefined
  readonly userId?: number | undefined
  readonly group?: string | undefined
  readonly groupId?: number | undefined
}

/** Names of users or groups of this machine, by number. */
const readNames = (file: '/etc/passwd' | '/etc/group'): ReadonlyMap<number, string> => {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  return new Map(rows.flatMap(([name = '', , id]) => (id === undefined ? [] : [[Number(id), name] as const])))
}

const find = (file: '/etc/passwd' | '/etc/group', name: string | undefined): number | undefined =>
  name === undefined || name === '' ? undefined : [...readNames(file)].find(([, each]) => each === name)?.[0]

/** A user or group that this machine does not have. */
export class UnknownAccount extends Error {}

/**
 * The numbers of a user and group; undefined where nothing was asked for.
 *
 * @throws {UnknownAccount}
 *
 * @example
 * accountOf({ user: 'root' })   // { uid: 0, gid: undefined }
 */
export const accountOf = ({
  user,
  userId,
  group,
  groupId,
}: Wish): { readonly uid: number | undefined; readonly gid: number | undefined } => {
  const uid = userId ?? find('/etc/passwd', user)
  const gid = groupId ?? find('/etc/group', group)
  if (uid === undefined && user) throw new UnknownAccount(`user: unknown user ${user}`)
  if (gid === undefined && group) throw new UnknownAccount(`group: unknown group ${group}`)
  return { uid, gid }
}

/**
 * The name of a user or group of this machine; undefined when it has none.
 *
 * @example
 * accountName('user', 0)   // 'root'
 */
export const accountName = (kind: 'user' | 'group', id: number): string | undefined =>
  readNames(kind === 'user' ? '/etc/passwd' : '/etc/group').get(id)
