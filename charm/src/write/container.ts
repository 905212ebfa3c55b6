import type { AppliedContainer, DesiredContainer, DesiredFile } from '../desired.ts'
import { isCharmError } from '../errors.ts'
import type { PebbleClient } from '../pebble/client.ts'
import { type FileInfo, type FilePush, findFile, findFiles, listFiles, pushFiles, removePath } from '../pebble/file.ts'
import { addLayer, type Layer } from '../pebble/layer.ts'
import { getPlan, isPlanned } from '../pebble/plan.ts'
import { listServices, replan, type ServiceInfo, stopServices } from '../pebble/service.ts'
import { findSystemInfo } from '../pebble/system-info.ts'

const differsInOwner = (info: FileInfo | undefined, { permissions, user, userId, group, groupId }: DesiredFile): boolean =>
  (permissions !== undefined && permissions !== info?.permissions) ||
  (user !== undefined && user !== info?.user) ||
  (userId !== undefined && userId !== info?.userId) ||
  (group !== undefined && group !== info?.group) ||
  (groupId !== undefined && groupId !== info?.groupId)

const differs = async (pebble: PebbleClient, path: string, file: DesiredFile): Promise<boolean> => {
  const stored = await findFile(pebble, path)
  if (stored === null || !stored.equals(Buffer.from(file.content))) return true
  const { content: _, ...owner } = file
  if (Object.keys(owner).length === 0) return false
  return differsInOwner((await listFiles(pebble, path, { itself: true }))[0], file)
}

/** Told of each thing as it is done, so that it is known what was when the next one fails. */
type Note = (what: string) => void

/** All files and folders below a folder, deepest last. */
const walk = async (pebble: PebbleClient, folder: string): Promise<readonly FileInfo[]> => {
  const entries = (await findFiles(pebble, folder)) ?? []
  const found: FileInfo[] = []
  for (const entry of entries) found.push(entry, ...(entry.type === 'directory' ? await walk(pebble, entry.path) : []))
  return found
}

const writeFiles = async (pebble: PebbleClient, files: Readonly<Record<string, DesiredFile>>, note: Note): Promise<void> => {
  const changed: FilePush[] = []
  for (const [path, file] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (await differs(pebble, path, file)) changed.push({ path, ...file })
  }
  if (changed.length === 0) return
  await pushFiles(pebble, changed)
  for (const { path } of changed) note(`write file ${path}`)
}

const removeFiles = async (pebble: PebbleClient, paths: readonly string[], note: Note): Promise<void> => {
  for (const path of paths) {
    await removePath(pebble, path, { recursive: true })
    note(`remove file ${path}`)
  }
}

const writeFolder = async (
  pebble: PebbleClient,
  { folder, files, note }: { readonly folder: string; readonly files: Readonly<Record<string, DesiredFile>>; readonly note: Note },
): Promise<void> => {
  const wanted = Object.fromEntries(Object.entries(files).map(([name, file]) => [`${folder}/${name}`, file]))
  const folders = new Set(Object.keys(wanted).flatMap(parents))
  const isWanted = ({ path, type }: FileInfo): boolean => (type === 'directory' ? folders.has(path) : wanted[path] !== undefined)
  const surplus = (await walk(pebble, folder)).filter((entry) => !isWanted(entry)).map(({ path }) => path)
  // What lies below a surplus folder goes with it.
  const roots = surplus.filter((path) => !parents(path).some((above) => surplus.includes(above)))
  await removeFiles(pebble, roots, note)
  await writeFiles(pebble, wanted, note)
}

const parents = (path: string): readonly string[] =>
  [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)).filter((above) => above !== '')

const enabledServices = (layers: Readonly<Record<string, Layer>>): readonly string[] =>
  Object.values(layers).flatMap(({ services = {} }) =>
    Object.entries(services)
      .filter(([, service]) => service.startup === 'enabled')
      .map(([name]) => name),
  )

// A service in backoff is Pebble's to start again; pushing it would only reset its patience.
const isDown = (service: ServiceInfo | undefined): boolean =>
  service === undefined || (service.current !== 'active' && service.current !== 'backoff')

const writeLayers = async (pebble: PebbleClient, layers: Readonly<Record<string, Layer>>, note: Note): Promise<void> => {
  const entries = Object.entries(layers).sort(([a], [b]) => (a < b ? -1 : 1))
  if (entries.length === 0) return
  const plan = await getPlan(pebble)
  const missing = entries.filter(([, layer]) => !isPlanned(layer, plan))
  for (const [label, layer] of missing) {
    await addLayer(pebble, label, layer)
    note(`add layer ${label}`)
  }
  const services = await listServices(pebble)
  const down = enabledServices(layers).some((name) => isDown(services.find((service) => service.name === name)))
  if (missing.length === 0 && !down) return
  note('replan')
  await replan(pebble)
}

const stopRunning = async (pebble: PebbleClient, names: readonly string[], note: Note): Promise<void> => {
  if (names.length === 0) return
  const running = (await listServices(pebble, { names })).filter(({ current }) => current !== 'inactive').map(({ name }) => name)
  if (running.length === 0) return
  await stopServices(pebble, running)
  for (const name of running) note(`stop service ${name}`)
}

const writeAll = async (pebble: PebbleClient, desired: DesiredContainer, note: Note): Promise<void> => {
  const { files = {}, folders = {}, absent = [], layers = {}, stopped = [] } = desired
  for (const folder of Object.keys(folders).sort()) await writeFolder(pebble, { folder, files: folders[folder] ?? {}, note })
  await writeFiles(pebble, files, note)
  for (const path of absent) if ((await findFile(pebble, path)) !== null) await removeFiles(pebble, [path], note)
  await writeLayers(pebble, layers, note)
  await stopRunning(pebble, stopped, note)
}

/** What became of a desired container. */
export interface WrittenContainer {
  readonly written: readonly string[]
  readonly applied: AppliedContainer
}

/**
 * Makes a container what it shall be: files, layers, replan, stopped services; each only where something differs.
 * A Pebble that does not answer is left alone; one that refuses is told of in `failure`.
 *
 * @example
 * const { applied } = await writeContainer(pebble, { files: { '/etc/x.conf': { content: 'a\n' } } })
 */
export const writeContainer = async (pebble: PebbleClient, desired: DesiredContainer): Promise<WrittenContainer> => {
  if ((await findSystemInfo(pebble)) === null) return { written: [], applied: { reachable: false, services: [], failure: null } }
  const written: string[] = []
  const failure = await catchCharmError(() => writeAll(pebble, desired, (what) => written.push(what)))
  let services: readonly ServiceInfo[] = []
  const blind = await catchCharmError(async () => {
    services = await listServices(pebble)
  })
  return { written, applied: { reachable: true, services, failure: failure ?? blind } }
}

const catchCharmError = async (work: () => Promise<void>): Promise<Error | null> => {
  try {
    await work()
    return null
  } catch (error) {
    if (isCharmError(error)) return error
    throw error
  }
}
