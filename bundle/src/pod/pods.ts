import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { bundleError } from '../errors.ts'
import type { Guardian } from '../supervisor/guardian.ts'
import { inside, type Place } from '../supervisor/place.ts'
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.ts'
import type { Image } from './image.ts'

/** A container that shall run. */
export interface WantedContainer {
  readonly unit: string
  readonly name: string
  /** Another one: it starts anew. */
  readonly bootId: string
  /** The unit's own address. */
  readonly address: string
}

/** What {@link Pods} need. */
export interface PodsOptions {
  /** Where containers have their root folders, and units their sockets. */
  readonly folder: string
  readonly guardian: Guardian
  readonly images: Readonly<Record<string, Image>>
  /** Told when a service ended its whole container. */
  readonly onShutdown?: (container: WantedContainer) => void
}

interface RunningContainer {
  readonly wanted: WantedContainer
  readonly supervisor: Supervisor
}

/** The kernel's limit for the path of a Unix socket, its end included. */
const longestSocket = 108

/**
 * What a unit's folder is called: short, because the path of a socket is.
 *
 * @example
 * unitFolder('127.125.0.6')   // 'u6'
 */
export const unitFolder = (address: string): string => {
  const [, , high = 0, low = 0] = address.split('.').map(Number)
  return `u${high * 256 + low}`
}

/** The containers of all units: each has a root folder of its own and a supervisor in it. */
export class Pods implements AsyncDisposable {
  readonly #options: PodsOptions
  readonly #running = new Map<string, RunningContainer>()

  constructor(options: PodsOptions) {
    this.#options = options
  }

  /** The folder in which a charm finds the sockets of its unit's containers. */
  containersDir(address: string): string {
    return join(this.#options.folder, unitFolder(address), 'c')
  }

  /** The supervisor of a container, when it runs. */
  find(unit: string, name: string): Supervisor | undefined {
    return this.#running.get(`${unit} ${name}`)?.supervisor
  }

  /** Starts and ends containers until those run that are wanted, and no others. */
  async sync(wanted: readonly WantedContainer[]): Promise<void> {
    const byKey = new Map(wanted.map((each) => [`${each.unit} ${each.name}`, each]))
    const gone = [...this.#running].filter(([key, running]) => byKey.get(key)?.bootId !== running.wanted.bootId)
    await Promise.all(
      gone.map(([key, running]) => {
        this.#running.delete(key)
        return running.supervisor.stop()
      }),
    )
    await Promise.all([...byKey].filter(([key]) => !this.#running.has(key)).map(([key, each]) => this.#start(key, each)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sync([])
  }

  async #start(key: string, wanted: WantedContainer): Promise<void> {
    const { folder, guardian, images, onShutdown } = this.#options
    const image = images[wanted.name] ?? { layers: {}, programs: {}, folders: ['/tmp'] }
    const root = join(folder, unitFolder(wanted.address), 'root', wanted.name)
    const socketPath = join(this.containersDir(wanted.address), wanted.name, 'pebble.socket')
    if (Buffer.byteLength(socketPath) >= longestSocket) {
      throw bundleError('BUNDLE_FOLDER_UNUSABLE', [folder, `the path of its sockets has ${socketPath.length} characters; allowed: 107`])
    }
    // A container that starts has what its image brings, and nothing of its life before.
    await rm(root, { recursive: true, force: true })
    await mkdir(root, { recursive: true, mode: 0o700 })
    for (const each of image.folders) await mkdir(inside({ root }, each), { recursive: true, mode: 0o755 })
    const environment = { HOME: root, TMPDIR: inside({ root }, '/tmp'), LANG: 'C.UTF-8' }
    const place: Place = { root, address: wanted.address, programs: image.programs, environment }
    const supervisor = await startSupervisor({
      ...{ socketPath, place, guardian, layers: image.layers, bootId: wanted.bootId },
      onShutdown: () => onShutdown?.(wanted),
    })
    this.#running.set(key, { wanted, supervisor })
  }
}
