import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { incompleteMark } from '../delivery.ts'
import { type DispatchedKind, dispatchedKinds, isDispatched } from '../dispatched-kind.ts'
import { parseManifest } from '../manifest.ts'
import { type Attachment, groupOf, prepareAttachment } from './attachment.ts'

/** What the charm delivered. */
export interface Delivered {
  readonly attachments: readonly Attachment[]
  /** Groups of which something is missing for the moment. */
  readonly incomplete: ReadonlySet<string>
  /** For a person: which file cannot be used, and why. They quote no contents. */
  readonly problems: readonly string[]
}

/** Reads the folder of manifests; the last reading counts for a moment, and is shared by all who ask meanwhile. */
export interface ManifestFolder {
  readonly read: () => Promise<Delivered>
}

/** What {@link openManifestFolder} needs. */
export interface ManifestFolderOptions {
  /** The time in milliseconds. */
  readonly now: () => number
}

/** A file as it was read last. */
interface KnownFile {
  readonly version: string
  /** The last usable one. */
  readonly attachment: Attachment | null
  readonly problem: string | null
}

/** How long a reading counts, in milliseconds. Metacontroller asks for each namespace every ten seconds. */
const freshFor = 250

const parseText = async (text: string): Promise<unknown> => {
  try {
    return JSON.parse(text)
  } catch {
    // What another revision of the charm wrote is YAML 1.1.
    const { parse } = await import('yaml')
    return parse(text, { version: '1.1' })
  }
}

const readAttachment = async (path: string): Promise<Attachment | string> => {
  try {
    const manifest = parseManifest(await parseText(await readFile(path, 'utf8')))
    if (typeof manifest === 'string') return 'what it holds is no manifest'
    return isDispatched(manifest) ? prepareAttachment(manifest) : `kind ${manifest.kind} is not dispatched`
  } catch {
    // The parser's words would quote the file.
    return 'it cannot be read as YAML'
  }
}

const readKnown = async (path: string, known: KnownFile | undefined): Promise<KnownFile> => {
  const { mtimeMs, size, ino } = await stat(path)
  const version = `${mtimeMs} ${size} ${ino}`
  if (known?.version === version) return known
  const read = await readAttachment(path)
  if (typeof read !== 'string') return { version, attachment: read, problem: null }
  return { version, attachment: known?.attachment ?? null, problem: read }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

/** Entries of a folder, sorted; none when there is no such folder. Links are passed over. */
const list = async (path: string, kind: 'isFile' | 'isDirectory'): Promise<readonly string[]> => {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.flatMap((entry) => (entry[kind]() ? [entry.name] : [])).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Paths below the folder, in the order in which endpoints are looked through. */
const listEndpoint = async (folder: string, { endpoint }: DispatchedKind): Promise<readonly string[]> => {
  const paths: string[] = []
  for (const place of await list(join(folder, endpoint), 'isDirectory')) {
    const names = await list(join(folder, endpoint, place), 'isFile')
    paths.push(...names.filter((name) => name.endsWith('.yaml')).map((name) => `${endpoint}/${place}/${name}`))
  }
  return paths
}

const readFolder = async (folder: string, known: Map<string, KnownFile>): Promise<Delivered> => {
  const files = new Map<string, KnownFile>()
  const incomplete = new Set<string>()
  for (const kind of dispatchedKinds) {
    if ((await list(join(folder, kind.endpoint), 'isFile')).includes(incompleteMark)) incomplete.add(groupOf(kind))
    for (const path of await listEndpoint(folder, kind)) {
      const file = await readKnown(join(folder, path), known.get(path))
      if (file.problem !== null && file.attachment === null) incomplete.add(groupOf(kind))
      files.set(path, file)
    }
  }
  known.clear()
  for (const [path, file] of files) known.set(path, file)
  return {
    attachments: [...files.values()].flatMap(({ attachment }) => (attachment === null ? [] : [attachment])),
    incomplete,
    problems: [...files].flatMap(([path, { problem }]) => (problem === null ? [] : [`cannot use "${path}": ${problem}`])),
  }
}

/**
 * Opens the folder that the charm writes: `ENDPOINT/_global/NAME.yaml` and `ENDPOINT/NAMESPACE/NAME.yaml`. A file that turned bad counts as it
 * was when it was good; one that never was makes its endpoint incomplete. Nothing outside this layout is read.
 *
 * @example
 * const { attachments } = await openManifestFolder('/var/lib/pebble/default/resources', { now: () => performance.now() }).read()
 */
export const openManifestFolder = (folder: string, { now }: ManifestFolderOptions): ManifestFolder => {
  const known = new Map<string, KnownFile>()
  let reading: Promise<Delivered> | null = null
  let last: { readonly delivered: Delivered; readonly at: number } | null = null

  const readAnew = async (): Promise<Delivered> => {
    try {
      const delivered = await readFolder(folder, known)
      last = { delivered, at: now() }
      return delivered
    } finally {
      reading = null
    }
  }

  const read = (): Promise<Delivered> => {
    if (last !== null && now() - last.at < freshFor) return Promise.resolve(last.delivered)
    reading ??= readAnew()
    return reading
  }
  return { read }
}
