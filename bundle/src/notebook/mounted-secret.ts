import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A folder that shows what a Secret holds. */
export interface MountedSecret {
  /** Where it is on this machine. */
  readonly folder: string
  /** Where pods find it: `/feast`. */
  readonly mountPath: string
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Text that a file of the Secret can be called by: kubelet takes no other keys. */
const isFileName = (key: string): boolean => /^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..')

/**
 * A file's content with the paths of its neighbours as they are on this machine: `/feast/registry-ca.crt` is where the pod would have it. In a
 * URL's query a path is encoded, elsewhere it is not. What is no text stays as it is.
 *
 * @example
 * toLocalPaths(yaml, ['registry-ca.crt'], { folder: '/state/alice', mountPath: '/feast' })
 */
export const toLocalPaths = (content: Buffer, keys: readonly string[], { folder, mountPath }: MountedSecret): Buffer => {
  const text = content.toString()
  if (!Buffer.from(text).equals(content) || !text.includes(`${mountPath}/`)) return content
  const names = keys.map(escapePattern).join('|')
  const paths = new RegExp(`(?<![\\w./-])(sslrootcert=)?${escapePattern(mountPath)}/(${names})(?![\\w./-])`, 'g')
  return Buffer.from(
    text.replace(paths, (_, query: string | undefined, key: string) => {
      const path = join(folder, key)
      return query === undefined ? path : `${query}${encodeURI(path)}`
    }),
  )
}

const replaceLink = async (target: string, path: string): Promise<void> => {
  await symlink(target, `${path}~`)
  await rename(`${path}~`, path)
}

/**
 * Shows a Secret's data as files, all at once: as kubelet does, files are links into a folder that a link names, and only that one is replaced.
 * Folders 0700, files 0600. Null takes the files away.
 *
 * @example
 * await writeSecret({ folder: '.state/notebooks/alice/nb/feature-store-yaml', mountPath: '/feast' }, secret.data)
 */
export const writeSecret = async (mounted: MountedSecret, data: Readonly<Record<string, string>> | null): Promise<void> => {
  const { folder } = mounted
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const keys = Object.keys(data ?? {}).filter(isFileName)
  const fresh = await mkdtemp(join(folder, '..data-'))
  for (const key of keys) {
    const content = toLocalPaths(Buffer.from(data?.[key] ?? '', 'base64'), keys, mounted)
    await writeFile(join(fresh, key), content, { mode: 0o600 })
  }
  const before = await readdir(folder)
  await replaceLink(basename(fresh), join(folder, '..data'))
  for (const key of keys) if (!before.includes(key)) await replaceLink(join('..data', key), join(folder, key))
  for (const name of before) {
    const isOld = name.startsWith('..data-') || (!name.startsWith('..') && !keys.includes(name))
    if (isOld && name !== basename(fresh)) await rm(join(folder, name), { recursive: true, force: true })
  }
}
