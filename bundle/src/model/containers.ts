import { randomUUID } from 'node:crypto'

import { FakePebble, type FakePebbleState } from '@charmed-feast/charm/testing'

/** What is kept of a container, so that a restart of the model is none of its Pebble. */
export interface ContainerRecord extends Pick<FakePebbleState, 'layers' | 'services' | 'files' | 'checks'> {
  /** Another one means: the container started anew, and `pebble-ready` comes. */
  readonly bootId: string
}

/**
 * A container that just started, with nothing in it.
 *
 * @example
 * newContainer().bootId
 */
export function newContainer(): ContainerRecord {
  return { bootId: randomUUID(), layers: {}, services: {}, files: {}, checks: [] }
}

/** Pebbles of the units' containers. They run nothing yet: see {@link FakePebble}. */
export class Containers {
  readonly #pebbles = new Map<string, { readonly bootId: string; readonly pebble: FakePebble }>()

  /** The Pebble of a container as its record says, kept for as long as the boot id stays. */
  open(unit: string, name: string, record: ContainerRecord): FakePebble {
    const key = `${unit} ${name}`
    const known = this.#pebbles.get(key)
    if (known?.bootId === record.bootId) return known.pebble
    const { bootId, layers, files, checks, services } = record
    const serviceStatuses = Object.fromEntries(Object.entries(services).map(([service, { current }]) => [service, current]))
    // A layer's sections are plain data by name, as JSON gives them.
    const pebble = new FakePebble({
      bootId,
      layers: { ...layers } as Record<string, Record<string, unknown>>,
      files,
      checks,
      serviceStatuses,
    })
    this.#pebbles.set(key, { bootId, pebble })
    return pebble
  }

  /** What is to be kept of a container after a hook. */
  record(pebble: FakePebble, bootId: string): ContainerRecord {
    const { layers, services, files, checks } = pebble.state()
    return { bootId, layers, services, files, checks }
  }
}
