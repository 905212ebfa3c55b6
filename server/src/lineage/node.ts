import type { JsonObject } from '../json.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { freshnessOf } from '../run/freshness.ts'
import type { Graph, NodeId } from './graph.ts'

/** A node as the pages draw it (`LineageNode`). */
export const nodeJson = (graph: Graph, project: ProjectIndex, id: NodeId, now: bigint): JsonObject => {
  const at = id.indexOf(':')
  const [kind, name] = [id.slice(0, at), id.slice(at + 1)]
  const object = graph.objects.get(id)
  const feature = kind === 'feature' ? project.features.find((each) => `${each.featureView}:${each.name}` === name) : undefined
  const freshness = object === undefined ? undefined : freshnessOf(object, now)
  return {
    id,
    kind,
    name,
    project: project.name,
    upstream: graph.up.get(id)?.length ?? 0,
    downstream: graph.down.get(id)?.length ?? 0,
    state: freshness?.state ?? null,
    ageSeconds: freshness?.ageSeconds ?? null,
    description: object?.head.description ?? feature?.description ?? '',
    tags: object?.head.tags ?? feature?.tags ?? {},
    owner: object?.head.owner ?? '',
  }
}
