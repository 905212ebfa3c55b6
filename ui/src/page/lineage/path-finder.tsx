import { ArrowRight } from 'lucide-react'
import type { LineagePaths, NodeId } from '../../api/contract.ts'
import { useApi } from '../../api/query.ts'
import { formatPlural } from '../../format/number.ts'
import { splitNodeId } from '../../graph/lineage-data.ts'
import { readKind } from '../../kind/kind.ts'
import { Icon, KindIcon } from '../../part/icon.tsx'
import { ObjectPicker } from '../../part/object-picker.tsx'
import { useUrlState } from '../../query/url.ts'
import { Link } from '../../route/link.tsx'
import { objectPath } from '../../route/path.ts'
import { graphKinds } from './graph-kinds.ts'

/** Chooses the other end of a path; the first is the object in the middle. */
export function PathFinder({ project, from }: { readonly project: string; readonly from: NodeId }) {
  const [to, setTo] = useUrlState('to')
  if (from === '') return null
  return (
    <ObjectPicker
      label="Find the way to"
      project={project}
      of={graphKinds}
      value={to === '' ? '' : splitNodeId(to).name}
      placeholder="Another object"
      onPick={({ kind, name }) => setTo(`${kind}:${name}`, { push: true })}
    />
  )
}

function Path({ project, path }: { readonly project: string; readonly path: readonly NodeId[] }) {
  return (
    <li className="path">
      {path.map((id, position) => {
        const { kind: kindName, name } = splitNodeId(id)
        const kind = readKind(kindName)
        return (
          <span key={id} className="row">
            {position === 0 ? null : <Icon of={ArrowRight} size={14} />}
            {kind === null ? (
              name
            ) : (
              <Link to={objectPath(project, kind, name)} className="row">
                <KindIcon kind={kind} size={14} />
                {name}
              </Link>
            )}
          </span>
        )
      })}
    </li>
  )
}

export interface FoundPaths {
  readonly paths: LineagePaths['paths']
  readonly truncated: boolean
  readonly state: 'looking' | 'found' | 'failed'
}

/** The ways between two objects, whichever of them feeds the other. */
export function usePaths(project: string, from: NodeId, to: NodeId): FoundPaths {
  const enabled = from !== '' && to !== ''
  const down = useApi<LineagePaths>('lineage/path', { project, from, to }, { enabled })
  const up = useApi<LineagePaths>('lineage/path', { project, from: to, to: from }, { enabled: enabled && down.data?.paths.length === 0 })
  const answer = down.data && down.data.paths.length > 0 ? down.data : up.data
  const state = down.isError || up.isError ? 'failed' : answer === undefined ? 'looking' : 'found'
  return { paths: answer?.paths ?? [], truncated: answer?.truncated ?? false, state }
}

function summary({ paths, truncated, state }: FoundPaths): string {
  if (state === 'failed') return 'The paths could not be found: the server did not answer.'
  if (state === 'looking') return 'Looking for a way'
  if (paths.length === 0) return 'There is no way between these two.'
  return `${formatPlural(paths.length, 'path')}${truncated ? ', more are not shown' : ''}, shortest first`
}

/** All the ways that were found, as chains of links. */
export function PathList({ project, found }: { readonly project: string; readonly found: FoundPaths }) {
  return (
    <section className="paths" aria-label="Paths">
      <p className="label" role="status">
        {summary(found)}
      </p>
      <ul>
        {found.paths.map((path) => (
          <Path key={path.join(' ')} project={project} path={path} />
        ))}
      </ul>
    </section>
  )
}
