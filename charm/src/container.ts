import type { CheckInfo } from './pebble/check.ts'
import type { PebbleClient } from './pebble/client.ts'
import type { Plan } from './pebble/plan.ts'
import type { ServiceInfo } from './pebble/service.ts'

/** The parts of a workload container that can be read; each is one request to its Pebble. */
export interface ContainerParts {
  readonly plan: Plan
  readonly services: readonly ServiceInfo[]
  readonly checks: readonly CheckInfo[]
}

/** The name of a part of a container. */
export type ContainerPart = keyof ContainerParts

/** A workload container with the parts that were asked for; nothing is known of one whose Pebble does not answer. */
export type Container<Part extends ContainerPart = never> =
  | { readonly name: string; readonly reachable: false }
  | ({ readonly name: string; readonly reachable: true; readonly bootId: string } & Pick<ContainerParts, Part>)

/**
 * Reads a workload container.
 *
 * @example
 * const container = await readContainer('feast-ui', { pebble, parts: ['services'] })
 * if (container.reachable) container.services
 */
export const readContainer = async <Part extends ContainerPart>(
  name: string,
  { pebble, parts }: { readonly pebble: PebbleClient; readonly parts: readonly Part[] },
): Promise<Container<Part>> => {
  // Loaded here: a charm without containers never pays for HTTP.
  const [{ findSystemInfo }, { getPlan }, { listServices }, { listChecks }] = await Promise.all([
    import('./pebble/system-info.ts'),
    import('./pebble/plan.ts'),
    import('./pebble/service.ts'),
    import('./pebble/check.ts'),
  ])
  const info = await findSystemInfo(pebble)
  if (info === null) return { name, reachable: false }
  const readers: { readonly [Each in ContainerPart]: () => Promise<ContainerParts[Each]> } = {
    plan: () => getPlan(pebble),
    services: () => listServices(pebble),
    checks: () => listChecks(pebble),
  }
  const read: Partial<Record<ContainerPart, unknown>> = {}
  for (const part of parts) read[part] = await readers[part]()
  // Each part was read by the reader of its own name.
  return { name, reachable: true, bootId: info.bootId, ...(read as Pick<ContainerParts, Part>) }
}
