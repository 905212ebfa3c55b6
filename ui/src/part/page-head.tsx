import { type ReactNode, useEffect } from 'react'
import type { Kind } from '../api/contract.ts'
import type { Tags as TagMap } from '../api/feast.ts'
import { type Crumb, Crumbs, setCrumbs } from '../shell/crumbs.tsx'
import { useKubeflow } from '../shell/kubeflow.ts'
import { CopyText } from './copy.tsx'
import { KindIcon } from './icon.tsx'
import { Tags } from './tag.tsx'
import './page-head.css'

interface PageHeadProps {
  readonly name: string
  readonly kind?: Kind
  readonly crumbs: readonly Crumb[]
  readonly health?: ReactNode
  readonly owner?: string | undefined
  readonly tags?: TagMap | undefined
  readonly description?: string | undefined
  /** What to do here; at the right. */
  readonly actions?: ReactNode
  /** The name is an object's and worth copying. */
  readonly copy?: boolean
}

/** The head of a page: one line with icon, name, health, owner, tags; the description under it. Names the window, too. */
export function PageHead(props: PageHeadProps) {
  const { name, kind, crumbs, health, owner, tags, description, actions, copy = false } = props
  const { framed } = useKubeflow()
  const trail = crumbs.map((crumb) => crumb.name).join('/')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the trail is the crumbs as text
  useEffect(() => {
    setCrumbs(crumbs)
    document.title = `${name} · Feast`
  }, [name, trail])
  return (
    <div className="page-head">
      {framed ? <Crumbs /> : null}
      <div className="page-line">
        <div className="page-name">
          {kind ? <KindIcon kind={kind} size={20} /> : null}
          <h1>{name}</h1>
          {copy ? <CopyText text={name} label="Copy the name" /> : null}
        </div>
        {health}
        {owner ? <span className="owner quiet">{owner}</span> : null}
        <Tags tags={tags} most={4} />
        {actions ? <div className="page-actions">{actions}</div> : null}
      </div>
      {description ? <p className="quiet">{description}</p> : null}
    </div>
  )
}
