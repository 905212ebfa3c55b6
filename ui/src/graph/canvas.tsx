import { Maximize2, Minus, Plus } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { LineageEdge, NodeId } from '../api/contract.ts'
import { IconButton } from '../part/button.tsx'
import { useWidth } from '../part/width.ts'
import type { DrawnGraph } from './collapse.ts'
import { type Layout, layoutGraph, nodeSize } from './layout.ts'
import { NodeCard } from './node-card.tsx'
import './canvas.css'

interface CanvasProps {
  readonly graph: DrawnGraph
  readonly focus: NodeId | null
  /** Edges to stress, e.g. a path that was found. */
  readonly path?: readonly NodeId[]
  readonly onExpand?: ((id: NodeId) => void) | undefined
  readonly hrefOf: (id: NodeId) => string
  readonly height?: 'tall' | 'short'
}

interface View {
  readonly x: number
  readonly y: number
  readonly scale: number
}

const margin = 24
const leastScale = 0.85

function edgePath(layout: Layout, { from, to }: LineageEdge): string {
  const start = layout.nodes.get(from)
  const end = layout.nodes.get(to)
  if (!start || !end) return ''
  const x1 = start.x + nodeSize.width
  const y1 = start.y + nodeSize.height / 2
  const y2 = end.y + nodeSize.height / 2
  const bend = Math.max(24, (end.x - x1) / 2)
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${end.x - bend} ${y2} ${end.x} ${y2}`
}

/** Whole, if that can still be read; else the object in the middle is in the middle. */
function fitView(layout: Layout, focus: NodeId | null, width: number, height: number): View {
  const scale = Math.min(1, Math.max(leastScale, (width - 2 * margin) / Math.max(1, layout.width)))
  const node = focus === null ? undefined : layout.nodes.get(focus)
  const seenWidth = width / scale
  const seenHeight = height / scale
  const fitsX = layout.width + 2 * margin <= seenWidth
  const fitsY = layout.height + 2 * margin <= seenHeight
  const x = fitsX ? (layout.width - seenWidth) / 2 : node ? node.x + nodeSize.width / 2 - seenWidth / 2 : -margin
  const y = fitsY ? (layout.height - seenHeight) / 2 : node ? node.y + nodeSize.height / 2 - seenHeight / 2 : -margin
  return { scale, x, y }
}

/** As high as the graph needs, within what the window has. */
function heightFor(layout: Layout, height: 'tall' | 'short'): number {
  const most = height === 'tall' ? Math.max(420, window.innerHeight - 260) : 420
  return Math.min(most, Math.max(200, layout.height + 4 * margin))
}

/** The drawn graph: drag to move, Ctrl and wheel or the buttons to zoom, arrow keys along the edges. Draws what is in sight. */
export function GraphCanvas({ graph, focus, path = [], onExpand, hrefOf, height = 'tall' }: CanvasProps) {
  const [root, width] = useWidth<HTMLDivElement>()
  const layout = useMemo(
    () => layoutGraph(graph.nodes, graph.edges, { fromTop: focus === null && graph.nodes.length > 60 }),
    [graph, focus],
  )
  const box = { width, height: heightFor(layout, height) }
  const [view, setView] = useState<View | null>(null)
  const [hovered, setHovered] = useState<NodeId | null>(null)
  const drag = useRef<{ x: number; y: number; view: View } | null>(null)
  const shown = view ?? fitView(layout, focus, Math.max(1, box.width), box.height)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new object in the middle is seen afresh
  useEffect(() => setView(null), [focus])

  const inSight = useMemo(() => {
    const x2 = shown.x + box.width / shown.scale
    const y2 = shown.y + box.height / shown.scale
    return graph.nodes.filter(({ id }) => {
      const node = layout.nodes.get(id)
      if (!node) return false
      return node.x + nodeSize.width > shown.x - 60 && node.x < x2 + 60 && node.y + nodeSize.height > shown.y - 120 && node.y < y2 + 120
    })
  }, [graph, layout, shown.x, shown.y, shown.scale, box.width, box.height])

  const stressed = useMemo(() => {
    const steps = new Set(path.slice(1).map((id, position) => `${path[position]} ${id}`))
    return graph.edges.filter(({ from, to }) => from === hovered || to === hovered || steps.has(`${from} ${to}`))
  }, [graph.edges, hovered, path])
  const lines = useMemo(() => graph.edges.map((edge) => edgePath(layout, edge)).join(''), [graph.edges, layout])

  useEffect(() => {
    const target = root.current
    if (!target) return
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15)
    }
    target.addEventListener('wheel', onWheel, { passive: false })
    return () => target.removeEventListener('wheel', onWheel)
  })

  function zoomBy(factor: number) {
    const scale = Math.min(2, Math.max(0.2, shown.scale * factor))
    const dx = box.width / 2 / shown.scale - box.width / 2 / scale
    const dy = box.height / 2 / shown.scale - box.height / 2 / scale
    setView({ scale, x: shown.x + dx, y: shown.y + dy })
  }

  function onPointerDown(event: PointerEvent<SVGSVGElement>) {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('a, button'))) return
    drag.current = { x: event.clientX, y: event.clientY, view: shown }
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function onPointerMove(event: PointerEvent<SVGSVGElement>) {
    const from = drag.current
    if (!from) return
    setView({
      scale: from.view.scale,
      x: from.view.x - (event.clientX - from.x) / from.view.scale,
      y: from.view.y - (event.clientY - from.y) / from.view.scale,
    })
  }

  function bringInSight(id: NodeId) {
    const node = layout.nodes.get(id)
    if (!node) return
    setView({ scale: shown.scale, x: node.x + nodeSize.width / 2 - box.width / 2 / shown.scale, y: node.y - box.height / 2 / shown.scale })
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus())
  }

  function onKeyDown(event: KeyboardEvent<SVGSVGElement>) {
    const id = event.target instanceof Element ? event.target.closest('[data-node]')?.getAttribute('data-node') : null
    const next = id ? neighbourOf(graph, layout, id, event.key) : null
    if (next === null) return
    event.preventDefault()
    bringInSight(next)
  }

  return (
    <div className="canvas" ref={root}>
      <svg
        aria-label="Lineage graph"
        width="100%"
        height={box.height}
        viewBox={`${shown.x} ${shown.y} ${Math.max(1, box.width / shown.scale)} ${Math.max(1, box.height / shown.scale)}`}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null
        }}
        onKeyDown={onKeyDown}
      >
        <path className="edges" d={lines} />
        {stressed.map((edge) => (
          <path key={`${edge.from} ${edge.to}`} className="edge stressed" d={edgePath(layout, edge)} />
        ))}
        {inSight.map((node) => {
          const place = layout.nodes.get(node.id)
          return place ? (
            <NodeCard
              key={node.id}
              node={node}
              x={place.x}
              y={place.y}
              focused={node.id === focus}
              href={hrefOf(node.id)}
              onExpand={onExpand}
              onHover={setHovered}
            />
          ) : null
        })}
      </svg>
      <div className="canvas-tools">
        <IconButton icon={Plus} label="Zoom in" onClick={() => zoomBy(1.25)} />
        <IconButton icon={Minus} label="Zoom out" onClick={() => zoomBy(0.8)} />
        <IconButton icon={Maximize2} label="Fit the width" onClick={() => setView(null)} />
      </div>
    </div>
  )
}

/** Where an arrow key leads: along an edge, or up and down within the rank. */
function neighbourOf(graph: DrawnGraph, layout: Layout, id: NodeId, key: string): NodeId | null {
  const here = layout.nodes.get(id)
  if (!here) return null
  const height = (other: NodeId) => layout.nodes.get(other)?.y ?? 0
  const nearest = (ids: readonly NodeId[]) => ids.toSorted((a, b) => Math.abs(height(a) - here.y) - Math.abs(height(b) - here.y))[0] ?? null
  if (key === 'ArrowLeft') return nearest(graph.edges.filter(({ to }) => to === id).map(({ from }) => from))
  if (key === 'ArrowRight') return nearest(graph.edges.filter(({ from }) => from === id).map(({ to }) => to))
  const rank = graph.nodes.map((node) => node.id).filter((other) => layout.nodes.get(other)?.rank === here.rank)
  if (key === 'ArrowUp') return nearest(rank.filter((other) => height(other) < here.y))
  if (key === 'ArrowDown') return nearest(rank.filter((other) => height(other) > here.y))
  return null
}
