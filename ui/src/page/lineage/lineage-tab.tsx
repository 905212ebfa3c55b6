import type { Kind } from '../../api/contract.ts'
import { splitNodeId } from '../../graph/lineage-data.ts'
import { readKind } from '../../kind/kind.ts'
import { Link } from '../../route/link.tsx'
import { objectPath, projectPath, withQuery } from '../../route/path.ts'
import { LineageGraphView } from './lineage-graph.tsx'

/** The lineage on an object's own page: nodes lead to the pages of their objects. */
export function LineageTab({ project, kind, name }: { readonly project: string; readonly kind: Kind; readonly name: string }) {
  const focus = `${kind}:${name}`
  return (
    <div className="stack">
      <LineageGraphView
        project={project}
        focus={focus}
        height="short"
        hrefOf={(id) => {
          const other = splitNodeId(id)
          const otherKind = readKind(other.kind)
          return otherKind === null
            ? projectPath(project)
            : objectPath(project, otherKind, other.name, otherKind === 'permission' ? '' : 'lineage')
        }}
      />
      <p className="label">
        <Link to={withQuery(projectPath(project, 'lineage'), { object: focus })}>Open in the lineage page</Link> to walk on, and to find the
        way between two objects.
      </p>
    </div>
  )
}
