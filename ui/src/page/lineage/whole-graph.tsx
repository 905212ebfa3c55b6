import { useMemo } from 'react'
import type { LineageGraph, NodeId } from '../../api/contract.ts'
import type { Relationships } from '../../api/feast.ts'
import { useApi, useHost } from '../../api/query.ts'
import { formatCount } from '../../format/number.ts'
import { GraphCanvas } from '../../graph/canvas.tsx'
import { collapseGraph } from '../../graph/collapse.ts'
import { GraphTable } from '../../graph/graph-table.tsx'
import { groupChoices, groupGraph, groupToken } from '../../graph/group.ts'
import { readGraph } from '../../graph/lineage-data.ts'
import { Button } from '../../part/button.tsx'
import { Select } from '../../part/field.tsx'
import { FilterBox } from '../../part/object-list.tsx'
import { EmptyFiltered, Failure, Skeleton } from '../../part/state.tsx'
import { useUrlState } from '../../query/url.ts'

/** More nodes than this are shown in groups, unless one asks for each. */
const groupAbove = 120

function groupName(by: string): string {
  return by === 'owner' ? 'By owner' : `By ${by.slice(4)}`
}

/** The whole project's graph: in groups when it is large, each object when a filter or the reader makes it small. */
export function WholeGraph({ project, hrefOf }: { readonly project: string; readonly hrefOf: (id: NodeId) => string }) {
  const [query, setQuery] = useUrlState('q')
  const [look, setLook] = useUrlState('as', 'graph')
  const [group, setGroup] = useUrlState('group', 'auto')
  const plain = useHost().version === ''
  const answer = useApi<Relationships & Partial<LineageGraph>>(plain ? 'lineage/registry' : 'lineage/graph', { project, q: query })
  const graph = useMemo(() => (answer.data ? readGraph(answer.data, project) : null), [answer.data, project])
  const choices = useMemo(() => groupChoices(graph?.nodes ?? []), [graph])
  const by = group === 'auto' ? (graph && graph.nodes.length > groupAbove ? (choices[0] ?? '') : '') : group
  const drawn = useMemo(() => {
    if (!graph) return null
    return by === '' ? collapseGraph(graph.nodes, graph.edges, null, new Set()) : groupGraph(graph, by)
  }, [graph, by])

  function openGroup(id: NodeId) {
    const value = id.split(':').slice(2).join(':')
    setQuery(groupToken(by, value), { push: true })
    setGroup('')
  }

  return (
    <div className="stack">
      <div className="list-tools">
        <FilterBox query={query} onQuery={setQuery} what="the graph" />
        <Select
          label="Group by"
          bare
          value={by}
          onChange={(event) => setGroup(event.target.value)}
          choices={[{ value: '', name: 'Each object' }, ...choices.map((value) => ({ value, name: groupName(value) }))]}
        />
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
        <GraphCanvas key={`${by} ${query}`} graph={drawn} focus={null} hrefOf={hrefOf} onExpand={by === '' ? undefined : openGroup} />
      )}
    </div>
  )
}
