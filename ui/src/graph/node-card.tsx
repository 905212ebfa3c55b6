import type { NodeId } from '../api/contract.ts'
import { formatPlural } from '../format/number.ts'
import { formatSpan } from '../format/time.ts'
import { kinds } from '../kind/kind.ts'
import { freshnessTone } from '../part/health.tsx'
import { KindIcon } from '../part/icon.tsx'
import { Link } from '../route/link.tsx'
import type { DrawnNode } from './collapse.ts'
import { nodeSize } from './layout.ts'

interface NodeCardProps {
  readonly node: DrawnNode
  readonly x: number
  readonly y: number
  readonly focused: boolean
  readonly href: string
  readonly onExpand: ((id: NodeId) => void) | undefined
  readonly onHover: (id: NodeId | null) => void
}

/** What a screen reader hears of a node after its visible text. */
function spokenNote(node: DrawnNode): string {
  if (node.members !== null) return 'open the group'
  return `${kinds[node.kind].one}, ${node.upstream} upstream, ${node.downstream} downstream`
}

function note(node: DrawnNode): string {
  if (node.members !== null) return node.description || 'open the group'
  if (node.ageSeconds !== null) return `${formatSpan(node.ageSeconds)} old, ${node.state ?? 'unknown'}`
  if (node.state === 'never') return 'never materialized'
  return kinds[node.kind].one
}

/** One node of the graph: a link to the same page with the object in the middle, and a button for more neighbours. */
export function NodeCard({ node, x, y, focused, href, onExpand, onHover }: NodeCardProps) {
  const tone = node.state === null ? '' : freshnessTone(node.state)
  const more = node.upstream + node.downstream
  const content = (
    <>
      <KindIcon kind={node.kind} />
      <span className="node-text">
        <span className="clip">{node.name}</span>
        <span className="node-note clip">{note(node)}</span>
        <span className="hidden">, {spokenNote(node)}</span>
      </span>
    </>
  )
  const common = {
    className: `node ${focused ? 'focused' : ''} ${tone}`,
    'data-node': node.id,
    onPointerEnter: () => onHover(node.id),
    onPointerLeave: () => onHover(null),
    onFocus: () => onHover(node.id),
    onBlur: () => onHover(null),
  }
  return (
    <foreignObject x={x} y={y} width={nodeSize.width + 14} height={nodeSize.height}>
      <div className="node-box">
        {node.members === null ? (
          <Link {...common} to={href} keepScroll title={node.name} aria-current={focused ? 'true' : undefined}>
            {content}
          </Link>
        ) : (
          <button {...common} type="button" onClick={() => onExpand?.(node.id)}>
            {content}
          </button>
        )}
        {onExpand && node.members === null && !focused && more > 1 ? (
          <button
            type="button"
            className="node-more"
            title={`Show the ${formatPlural(more, 'neighbour')}`}
            aria-label={`Show the ${formatPlural(more, 'neighbour')} of ${node.name}`}
            onClick={() => onExpand(node.id)}
          >
            +
          </button>
        ) : null}
      </div>
    </foreignObject>
  )
}
