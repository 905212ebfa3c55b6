import { segment } from '../../api/client.ts'
import type { Kind } from '../../api/contract.ts'
import type { Relationships } from '../../api/feast.ts'
import { useApi } from '../../api/query.ts'
import { kinds, readKind } from '../../kind/kind.ts'
import { KindIcon } from '../../part/icon.tsx'
import { Link } from '../../route/link.tsx'
import { objectPath } from '../../route/path.ts'
import './related.css'

interface Other {
  readonly kind: Kind
  readonly name: string
}

/** What stands next to an object in the registry, by kind, upstream first. */
export function neighboursOf(
  relationships: Relationships['relationships'],
  kind: Kind,
  name: string,
): ReadonlyMap<Kind, readonly string[]> {
  const found = new Map<string, Other>()
  for (const { source, target } of relationships) {
    const here = (end: { readonly type: string; readonly name: string }) => end.name === name && readKind(end.type) === kind
    const other = here(source) ? target : here(target) ? source : null
    const otherKind = other === null ? null : readKind(other.type)
    if (other === null || otherKind === null || otherKind === 'feature') continue
    found.set(`${otherKind}:${other.name}`, { kind: otherKind, name: other.name })
  }
  const groups = Map.groupBy(found.values(), (other) => other.kind)
  return new Map([...groups].map(([group, members]) => [group, members.map((other) => other.name).toSorted()]))
}

const most = 12

/** The neighbours of an object as links; long lists lead to the lineage. */
export function Related({ project, kind, name }: { readonly project: string; readonly kind: Kind; readonly name: string }) {
  const { data } = useApi<Relationships>(`lineage/objects/${kind}/${segment(name)}`, { project, depth: 1 })
  if (!data) return null
  const groups = neighboursOf(data.relationships, kind, name)
  if (groups.size === 0) return <p className="quiet">Nothing is connected with it yet.</p>
  return (
    <div className="related">
      {[...groups].map(([group, names]) => (
        <div key={group}>
          <h3 className="label">
            {names.length === 1 ? kinds[group].one : kinds[group].many} <span className="num">{names.length}</span>
          </h3>
          <ul>
            {names.slice(0, most).map((other) => (
              <li key={other}>
                <KindIcon kind={group} size={14} />
                <Link to={objectPath(project, group, other)} className="clip" title={other}>
                  {other}
                </Link>
              </li>
            ))}
          </ul>
          {names.length > most ? <Link to={`${objectPath(project, kind, name)}/lineage`}>and {names.length - most} more</Link> : null}
        </div>
      ))}
    </div>
  )
}
