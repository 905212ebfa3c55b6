import type { LineageGraph, LineageNode, NodeId } from '../api/contract.ts'
import { formatSpan } from '../format/time.ts'
import { kinds } from '../kind/kind.ts'
import { FreshnessWord } from '../part/health.tsx'
import { NameCell } from '../part/name-cell.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import { objectPath } from '../route/path.ts'
import { distances } from './graph-distance.ts'

interface Row extends LineageNode {
  readonly distance: number | null
}

function words(distance: number | null): string {
  if (distance === 0) return 'this object'
  if (distance === null) return 'connected'
  return `${Math.abs(distance)} ${distance < 0 ? 'upstream' : 'downstream'}`
}

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    head: 'Name',
    width: 'name',
    cell: ({ kind, name, project }) => <NameCell kind={kind} name={name} to={objectPath(project, kind, name)} />,
  },
  { id: 'kind', head: 'Kind', width: 'm', from: 'medium', cell: ({ kind }) => kinds[kind].one },
  { id: 'distance', head: 'Distance', width: 'm', cell: ({ distance }) => words(distance) },
  {
    id: 'state',
    head: 'Freshness',
    width: 's',
    from: 'medium',
    cell: ({ state }) => (state ? <FreshnessWord state={state} brief /> : <span className="quiet">–</span>),
  },
  { id: 'age', head: 'Age', width: 'xs', right: true, from: 'wide', cell: ({ ageSeconds }) => formatSpan(ageSeconds) },
  { id: 'owner', head: 'Owner', width: 'm', from: 'wide', cell: ({ owner }) => owner },
]

/** The same graph as a table, for those who would rather read, and for screen readers. */
export function GraphTable({ graph, focus }: { readonly graph: LineageGraph; readonly focus: NodeId | null }) {
  const far = focus === null ? null : distances(graph, focus)
  const rows = graph.nodes
    .map((node): Row => ({ ...node, distance: far?.get(node.id) ?? null }))
    .toSorted((a, b) => (a.distance ?? 99) - (b.distance ?? 99) || a.name.localeCompare(b.name))
  return <DataTable label="Lineage as a table" columns={columns} rows={rows} rowKey={({ id }) => id} />
}
