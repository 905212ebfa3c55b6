import { ListTree, Network } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import type { NodeId } from '../../api/contract.ts'
import { formatCount } from '../../format/number.ts'
import { GraphCanvas } from '../../graph/canvas.tsx'
import { collapseGraph } from '../../graph/collapse.ts'
import { GraphTable } from '../../graph/graph-table.tsx'
import { useLineage } from '../../graph/lineage-data.ts'
import { Button } from '../../part/button.tsx'
import { Select } from '../../part/field.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { useUrlList, useUrlState } from '../../query/url.ts'
import { isTypingIn } from './typing.ts'

interface LineageGraphViewProps {
  readonly project: string
  readonly focus: NodeId
  readonly path?: readonly NodeId[]
  readonly hrefOf: (id: NodeId) => string
  readonly height: 'tall' | 'short'
}

/** The graph around an object with its table twin; what is expanded and how far one looks stand in the address. */
export function LineageGraphView({ project, focus, path = [], hrefOf, height }: LineageGraphViewProps) {
  const [look, setLook] = useUrlState('as', 'graph')
  const [depth, setDepth] = useUrlState('depth', '1')
  const [expanded, setExpanded] = useUrlList('more')
  const [groups, setGroups] = useState<ReadonlySet<string>>(new Set())
  const lineage = useLineage({ project, focus, expanded, depth: Number(depth) || 1 })
  const { graph } = lineage
  const drawn = useMemo(() => collapseGraph(graph.nodes, graph.edges, focus, groups), [graph, focus, groups])

  useEffect(() => {
    const toggle = (event: KeyboardEvent) => {
      if (event.key !== 't' || event.ctrlKey || event.metaKey || event.altKey || isTypingIn(event.target)) return
      setLook(look === 'table' ? 'graph' : 'table')
    }
    window.addEventListener('keydown', toggle)
    return () => window.removeEventListener('keydown', toggle)
  }, [look, setLook])

  function expand(id: NodeId) {
    if (id.startsWith('group:')) setGroups(new Set([...groups, id]))
    else setExpanded([...new Set([...expanded, id])])
  }

  if (lineage.error && graph.nodes.length === 0) return <Failure error={lineage.error} what="the lineage" onRetry={lineage.refetch} />
  if (lineage.isPending) return <Skeleton rows={10} label="Loading the lineage" />
  const table = look === 'table' || graph.truncated
  return (
    <div className="stack">
      <div className="row wrap">
        <Select
          label="How far to look"
          bare
          value={depth}
          onChange={(event) => setDepth(event.target.value)}
          choices={['1', '2', '3', '4', '5', '6'].map((value) => ({ value, name: value === '1' ? '1 step' : `${value} steps` }))}
        />
        <Button icon={table ? Network : ListTree} aria-keyshortcuts="t" onClick={() => setLook(look === 'table' ? 'graph' : 'table')}>
          {table ? 'Graph' : 'Table'}
        </Button>
        {expanded.length > 0 ? (
          <Button look="quiet" onClick={() => setExpanded([])}>
            Collapse what was added
          </Button>
        ) : null}
        <span className="label push num">
          {formatCount(graph.nodes.length)} objects, {formatCount(graph.edges.length)} edges
        </span>
      </div>
      {graph.truncated ? (
        <p className="quiet">{formatCount(graph.total)} nodes; shown as a list. Look fewer steps far, or begin at a nearer object.</p>
      ) : null}
      {table ? (
        <GraphTable graph={graph} focus={focus} />
      ) : (
        <GraphCanvas graph={drawn} focus={focus} path={path} onExpand={expand} hrefOf={hrefOf} height={height} />
      )}
    </div>
  )
}
