import { useMemo } from 'react'
import type { LineageGraph, NodeId } from '../../api/contract.ts'
import type { Relationships } from '../../api/feast.ts'
import { useApi, useHost } from '../../api/query.ts'
import { formatCount } from '../../format/number.ts'
import { GraphCanvas } from '../../graph/canvas.tsx'
import { collapseGraph } from '../../graph/collapse.ts'
import { GraphTable } from '../../graph/graph-table.tsx'
import { readGraph } from '../../graph/lineage-data.ts'
import { Button } from '../../part/button.tsx'
import { FilterBox } from '../../part/object-list.tsx'
import { EmptyFiltered, Failure, Skeleton } from '../../part/state.tsx'
import { useUrlState } from '../../query/url.ts'

/** The whole project's graph, which a filter makes smaller; above what the server sends, a list of nothing and advice. */
export function WholeGraph({ project, hrefOf }: { readonly project: string; readonly hrefOf: (id: NodeId) => string }) {
  const [query, setQuery] = useUrlState('q')
  const [look, setLook] = useUrlState('as', 'graph')
  const plain = useHost().version === ''
  const answer = useApi<Relationships & Partial<LineageGraph>>(plain ? 'lineage/registry' : 'lineage/graph', { project, q: query })
  const graph = useMemo(() => (answer.data ? readGraph(answer.data, project) : null), [answer.data, project])
  const drawn = useMemo(() => (graph ? collapseGraph(graph.nodes, graph.edges, null, new Set()) : null), [graph])
  return (
    <div className="stack">
      <div className="list-tools">
        <FilterBox query={query} onQuery={setQuery} what="the graph" />
        <Button onClick={() => setLook(look === 'table' ? 'graph' : 'table')}>{look === 'table' ? 'Graph' : 'Table'}</Button>
        <output className="list-count num">{graph ? `${formatCount(graph.total)} objects` : ''}</output>
      </div>
      {answer.isError ? (
        <Failure error={answer.error} what="the lineage" onRetry={() => void answer.refetch()} />
      ) : graph === null || drawn === null ? (
        <Skeleton rows={12} label="Loading the lineage" />
      ) : graph.truncated ? (
        <p className="quiet">
          {formatCount(graph.total)} objects are too many for one picture. Choose an object to begin at, or filter by a tag, an owner, or a
          name.
        </p>
      ) : graph.nodes.length === 0 && query !== '' ? (
        <EmptyFiltered what="objects" filter={query} onClear={() => setQuery('')} />
      ) : look === 'table' ? (
        <GraphTable graph={graph} focus={null} />
      ) : (
        <GraphCanvas graph={drawn} focus={null} hrefOf={hrefOf} />
      )}
    </div>
  )
}
