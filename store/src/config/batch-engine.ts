import { nullable, oneOf, text } from './field.ts'
import { type Place, report } from './problem.ts'
import { readSection, rest } from './section.ts'
import { readType } from './store-type.ts'
import type { YamlNode } from './yaml-tree.ts'

/** Which engine Python materializes with. Ours is our own; the type and the options are kept. */
export interface BatchEngineConfig {
  readonly type: string
  readonly options: Readonly<Record<string, unknown>>
}

const localFields = { type: oneOf(['local'], 'local'), backend: nullable(text()) }

const names = [
  'local',
  'lambda',
  'k8s',
  'spark.engine',
  'spark_application',
  'snowflake.engine',
  'ray.engine',
  'flink.engine',
  'trino',
  'trino.engine',
]

/** Reads the key `batch_engine`: a map with a type, or a type. */
export const readBatchEngine = (node: YamlNode | undefined, place: Place): BatchEngineConfig | undefined => {
  if (node?.kind === 'map' && !node.entries.has('type')) {
    report(place, 'it needs a type')
    return undefined
  }
  const type = node?.kind === 'null' ? 'local' : readType(node, { fallback: 'local', names, suffix: 'Engine' }, place)
  const section = node?.kind === 'map' ? node : undefined
  if (type === undefined) return undefined
  if (type === 'local' && readSection(localFields, section, place, 'refuse') === undefined) return undefined
  return Object.freeze({ type, options: rest(section, ['type']) })
}
