import { FakePebble, type FakePebbleOptions } from '../pebble/fake-pebble.ts'
import type { Random } from './random.ts'

/** What a container's image brings. */
export type ContainerImage = Pick<FakePebbleOptions, 'layers' | 'files'>

/** A container that runs: its Pebble, and the id of that Pebble's start. */
export interface PodContainer {
  readonly pebble: FakePebble
  readonly bootId: string
}

/** A unit's pod: its address and the Pebbles of its containers. */
export interface Pod {
  readonly address: string
  readonly containers: ReadonlyMap<string, PodContainer>
}

/** Makes pods, each with an address of its own. */
export class PodFactory {
  readonly #random: Random
  readonly #clock: () => Date
  #count = 0

  constructor(random: Random, clock: () => Date) {
    this.#random = random
    this.#clock = clock
  }

  /** A pod whose containers have just started. */
  make(containers: readonly string[], images: Readonly<Record<string, ContainerImage>>): Pod {
    this.#count += 1
    const address = `10.1.${Math.floor(this.#count / 250)}.${(this.#count % 250) + 1}`
    return { address, containers: new Map(containers.map((name) => [name, this.#start(images[name])])) }
  }

  /** The pod after the process of one of its containers ended: Kubernetes starts it anew from its image. */
  restart(pod: Pod, name: string, image: ContainerImage | undefined): Pod {
    return { ...pod, containers: new Map([...pod.containers, [name, this.#start(image)]]) }
  }

  #start(image: ContainerImage = {}): PodContainer {
    const bootId = `boot-${this.#random.below(2 ** 31)}`
    return { bootId, pebble: new FakePebble({ ...image, clock: this.#clock, bootId }) }
  }
}
