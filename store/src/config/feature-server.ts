import { type Field, flag, integer, listOf, nullable, oneOf, text } from './field.ts'
import { below, type Place, report } from './problem.ts'
import { readSection, type Section, section } from './section.ts'
import type { YamlNode } from './yaml-tree.ts'

const strictFlag = (fallback: boolean): Field<boolean> => flag(fallback, { strict: true })
const strictInteger = (fallback?: number): Field<number> => integer(fallback, { strict: true })

const loggingFields = {
  enabled: strictFlag(false),
  flush_interval_secs: strictInteger(600),
  write_to_disk_interval_secs: strictInteger(30),
  queue_capacity: strictInteger(100_000),
  emit_timeout_micro_secs: strictInteger(10_000),
}

const bins: Field<readonly number[]> = {
  fallback: [10, 50, 200],
  read: (node, place) => {
    const bounds = listOf(integer(undefined, { above: 0 })).read(node, place)
    if (bounds?.every((bound, at) => at === 0 || bound > (bounds[at - 1] ?? 0))) return bounds
    if (bounds !== undefined) report(place, 'its numbers must grow')
    return undefined
  },
}

const metricsFields = {
  enabled: strictFlag(false),
  resource: strictFlag(true),
  request: strictFlag(true),
  feature_count_bins: bins,
  online_features: strictFlag(true),
  push: strictFlag(true),
  materialization: strictFlag(true),
  freshness: strictFlag(true),
  offline_features: strictFlag(true),
  audit_logging: strictFlag(false),
}

const auditFields = {
  enabled: strictFlag(false),
  sink: oneOf(['stdout', 'file', 'logger'], 'stdout'),
  file_path: text('feast_audit.log'),
  log_successful_reads: strictFlag(true),
}

const commonFields = {
  enabled: strictFlag(false),
  metrics: nullable(section(metricsFields, 'refuse')),
  feature_logging: nullable(section(loggingFields, 'refuse')),
  audit_logging: nullable(section(auditFields, 'refuse')),
  offline_push_batching_enabled: nullable(flag(undefined, { strict: true })),
  offline_push_batching_batch_size: nullable(strictInteger()),
  offline_push_batching_batch_interval_seconds: nullable(strictInteger()),
}

const localFields = { ...commonFields, type: oneOf(['local'], 'local'), transformation_service_endpoint: text('localhost:6569') }

const mcpFields = {
  ...commonFields,
  type: oneOf(['mcp'], 'mcp'),
  mcp_enabled: strictFlag(false),
  mcp_server_name: text('feast-mcp-server'),
  mcp_server_version: text('1.0.0'),
  mcp_transport: oneOf(['sse', 'http'], 'sse'),
  transformation_service_endpoint: text('localhost:6566'),
}

/** How Feast's feature server runs: `local`, or with the Model Context Protocol. */
export type FeatureServerConfig = Section<typeof localFields> | Section<typeof mcpFields>

/** Reads the key `feature_server`; null when it is absent. */
export const readFeatureServer = (node: YamlNode | undefined, place: Place): FeatureServerConfig | null | undefined => {
  if (node === undefined || node.kind === 'null') return null
  const type = node.kind === 'map' ? node.entries.get('type') : undefined
  if (type?.kind === 'text' && type.value === 'mcp') return readSection(mcpFields, node, place, 'refuse')
  if (type !== undefined && !(type.kind === 'text' && type.value === 'local')) {
    report(below(place, 'type', type.line), 'it is no feature server that is known; allowed: local, mcp')
    return undefined
  }
  return readSection(localFields, node, place, 'refuse')
}
