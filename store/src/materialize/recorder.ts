import { StoreError } from '../errors.ts'
import { addInterval, type Interval } from '../registry/interval.ts'
import type { Registry } from '../registry/registry.ts'
import type { IntervalRecorder } from './materialize.ts'

const isGone = (error: unknown): boolean => error instanceof StoreError && error.code === 'STORE_REGISTRY_OBJECT_NOT_FOUND'

/** Records intervals in the registry: once, however often it is told. Of a view that was removed in the meantime there is nothing to say. */
export const registryRecorder = (
  registry: Registry,
  options: {
    readonly project: string
    readonly kindOf: (view: string) => 'feature-view' | 'stream-feature-view'
    readonly now: () => bigint
  },
): IntervalRecorder => ({
  async record(view: string, interval: Interval) {
    const id = { kind: options.kindOf(view), project: options.project, name: view } as const
    try {
      await registry.edit(id, (message) => addInterval(message, interval), { now: options.now() })
    } catch (error) {
      if (!isGone(error)) throw error
    }
  },
})
