import { ExternalLink } from 'lucide-react'
import { segment } from '../api/client.ts'
import type { LineageGraph, LineageNode, NodeId } from '../api/contract.ts'
import type { Relationships } from '../api/feast.ts'
import { useApi } from '../api/query.ts'
import { formatCount } from '../format/number.ts'
import { splitNodeId } from '../graph/lineage-data.ts'
import { kinds, readKind } from '../kind/kind.ts'
import { ButtonLink } from '../part/button.tsx'
import { FreshnessWord } from '../part/health.tsx'
import { KindIcon } from '../part/icon.tsx'
import { ObjectPicker } from '../part/object-picker.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties } from '../part/properties.tsx'
import { Tags } from '../part/tag.tsx'
import { useUrlState } from '../query/url.ts'
import { objectPath, projectPath, withQuery } from '../route/path.ts'
import { navigate } from '../route/router.ts'
import type { PageProps } from '../route/routes.tsx'
import { graphKinds } from './lineage/graph-kinds.ts'
import { LineageGraphView } from './lineage/lineage-graph.tsx'
import { PathFinder, PathList, usePaths } from './lineage/path-finder.tsx'
import { WholeGraph } from './lineage/whole-graph.tsx'
import './lineage/lineage.css'

/** The lineage: an object in the middle and its neighbours; the way between two objects; without an object, the project. */
export function LineagePage({ project }: PageProps) {
  const [focus] = useUrlState('object')
  const [to] = useUrlState('to')
  const hrefOf = (id: NodeId) => withQuery(projectPath(project, 'lineage'), { object: id, to })
  const paths = usePaths(project, focus, to)
  return (
    <>
      <PageHead name="Lineage" crumbs={[{ name: 'Lineage' }]} />
      <div className="lineage-tools">
        <ObjectPicker
          label="Object in the middle"
          project={project}
          of={graphKinds}
          value={focus === '' ? '' : splitNodeId(focus).name}
          placeholder="Find an object"
          onPick={({ kind, name }) => navigate(hrefOf(`${kind}:${name}`))}
        />
        <PathFinder project={project} from={focus} />
      </div>
      {focus === '' ? (
        <WholeGraph project={project} hrefOf={hrefOf} />
      ) : (
        <div className="lineage-body">
          <div className="stack">
            {to === '' ? null : <PathList project={project} found={paths} />}
            <LineageGraphView project={project} focus={focus} path={paths.paths[0] ?? []} hrefOf={hrefOf} height="tall" />
          </div>
          <FocusCard project={project} focus={focus} />
        </div>
      )}
    </>
  )
}

function FocusCard({ project, focus }: { readonly project: string; readonly focus: NodeId }) {
  const { kind: kindName, name } = splitNodeId(focus)
  const { data } = useApi<Relationships & Partial<LineageGraph>>(`lineage/objects/${kindName}/${segment(name)}`, { project, depth: 1 })
  const node: LineageNode | undefined = data?.nodes?.find(({ id }) => id === focus)
  const kind = readKind(kindName)
  if (kind === null) return null
  return (
    <aside className="stack" aria-label="Object in the middle">
      <h2 className="row">
        <KindIcon kind={kind} /> <span className="focus-name">{name}</span>
      </h2>
      {node?.description ? <p className="quiet">{node.description}</p> : null}
      <Properties
        rows={[
          { name: 'Kind', value: kinds[kind].one },
          node?.state ? { name: 'Freshness', value: <FreshnessWord state={node.state} /> } : null,
          node ? { name: 'Upstream', value: formatCount(node.upstream) } : null,
          node ? { name: 'Downstream', value: formatCount(node.downstream) } : null,
          { name: 'Owner', value: node?.owner },
          node && Object.keys(node.tags).length > 0 ? { name: 'Tags', value: <Tags tags={node.tags} /> } : null,
        ]}
      />
      <div>
        <ButtonLink to={objectPath(project, kind, name)} icon={ExternalLink}>
          Open its page
        </ButtonLink>
      </div>
    </aside>
  )
}
