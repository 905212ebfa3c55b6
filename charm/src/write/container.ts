import type { AppliedContainer, DesiredContainer, DesiredFile } from '../desired.ts'
import { isCharmError } from '../errors.ts'
import type { PebbleClient } from '../pebble/client.ts'
import { type FileInfo, type FilePush, findFile, findFiles, listFiles, pushFiles, removePath } from '../pebble/file.ts'
import { addLayer, type Layer } from '../pebble/layer.ts'
import { getPlan, isPlanned } from '../pebble/plan.ts'
import { listServices, replan, type ServiceInfo, stopServices } from '../pebble/service.ts'
import { findSystemInfo } from '../pebble/system-info.ts'

const differs = async (pebble: PebbleClient, path: string, { content, permissions }: DesiredFile): Promise<boolean> => {
  const stored = await findFile(pebble, path)
  if (stored === null || !stored.equals(Buffer.from(content))) return true
  if (permissions === undefined) return false
  const [info] = await listFiles(pebble, path, { itself: true })
  return info?.permissions !== permissions
}

/** All files and folders below a folder, deepest last. */
const walk = async (pebble: PebbleClient, folder: string): Promise<readonly FileInfo[]> => {
  const entries = (await findFiles(pebble, folder)) ?? []
  const found: FileInfo[] = []
  for (const entry of entries) found.push(entry, ...(entry.type === 'directory' ? await walk(pebble, entry.path) : []))
  return found
}

const writeFiles = async (pebble: PebbleClient, files: Readonly<Record<string, DesiredFile>>): Promise<readonly string[]> => {
  const changed: FilePush[] = []
  for (const [path, file] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (await differs(pebble, path, file)) changed.push({ path, ...file })
  }
  if (changed.length > 0) await pushFiles(pebble, changed)
  return changed.map(({ path }) => `write file ${path}`)
}

const removeFiles = async (pebble: PebbleClient, paths: readonly string[]): Promise<readonly string[]> => {
  for (const path of paths) await removePath(pebble, path, { recursive: true })
  return paths.map((path) => `remove file ${path}`)
}

const writeFolder = async (
  pebble: PebbleClient,
  { folder, files }: { readonly folder: string; readonly files: Readonly<Record<string, DesiredFile>> },
): Promise<readonly string[]> => {
  const wanted = Object.fromEntries(Object.entries(files).map(([name, file]) => [`${folder}/${name}`, file]))
  const isWanted = ({ path, type }: FileInfo): boolean =>
    type === 'directory' ? Object.keys(wanted).some((file) => file.startsWith(`${path}/`)) : wanted[path] !== undefined
  const surplus = (await walk(pebble, folder)).filter((entry) => !isWanted(entry)).map(({ path }) => path)
  // What lies below a surplus folder goes with it.
  const roots = surplus.filter((path) => !surplus.some((other) => path.startsWith(`${other}/`)))
  return [...(await removeFiles(pebble, roots)), ...(await writeFiles(pebble, wanted))]
}

const enabledServices = (layers: Readonly<Record<string, Layer>>): readonly string[] =>
  Object.values(layers).flatMap(({ services = {} }) =>
    Object.entries(services)
      .filter(([, service]) => service.startup === 'enabled')
      .map(([name]) => name),
  )

// A service in backoff is Pebble's to start again; pushing it would only reset its patience.
const isDown = (service: ServiceInfo | undefined): boolean =>
  service === undefined || (service.current !== 'active' && service.current !== 'backoff')

const writeLayers = async (pebble: PebbleClient, layers: Readonly<Record<string, Layer>> = {}): Promise<readonly string[]> => {
  const labels = Object.keys(layers).sort()
  if (labels.length === 0) return []
  const plan = await getPlan(pebble)
  const written: string[] = []
  for (const label of labels) {
    const layer = layers[label]
    if (layer === undefined || isPlanned(layer, plan)) continue
    await addLayer(pebble, label, layer)
    written.push(`add layer ${label}`)
  }
  const services = await listServices(pebble)
  const down = enabledServices(layers).some((name) => isDown(services.find((service) => service.name === name)))
  if (written.length === 0 && !down) return []
  await replan(pebble)
  return [...written, 'replan']
}

const stopRunning = async (pebble: PebbleClient, names: readonly string[] = []): Promise<readonly string[]> => {
  if (names.length === 0) return []
  const running = (await listServices(pebble, { names })).filter(({ current }) => current !== 'inactive').map(({ name }) => name)
  if (running.length > 0) await stopServices(pebble, running)
  return running.map((name) => `stop service ${name}`)
}

const writeAll = async (pebble: PebbleClient, desired: DesiredContainer, written: string[]): Promise<void> => {
  const { files = {}, folders = {}, absent = [], layers, stopped } = desired
  for (const folder of Object.keys(folders).sort()) written.push(...(await writeFolder(pebble, { folder, files: folders[folder] ?? {} })))
  written.push(...(await writeFiles(pebble, files)))
  const there: string[] = []
  for (const path of absent) if ((await findFile(pebble, path)) !== null) there.push(path)
  written.push(...(await removeFiles(pebble, there)))
  written.push(...(await writeLayers(pebble, layers)))
  written.push(...(await stopRunning(pebble, stopped)))
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
  const failure = await catchCharmError(() => writeAll(pebble, desired, written))
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
