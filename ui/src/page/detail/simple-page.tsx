import type { ReactNode } from 'react'
import type { Kind } from '../../api/contract.ts'
import type { Tags } from '../../api/feast.ts'
import { PageHead } from '../../part/page-head.tsx'
import { Section } from '../../part/properties.tsx'
import { Tabs } from '../../part/tabs.tsx'
import { objectPath } from '../../route/path.ts'
import { LineageTab } from '../lineage/lineage-tab.tsx'
import { DefinitionTab } from './definition.tsx'
import { EditLink } from './edit-link.tsx'
import { crumbsOf } from './object.tsx'
import { Related } from './related.tsx'
import './related.css'

interface SimplePageProps {
  readonly project: string
  readonly kind: Kind
  readonly name: string
  readonly tab: string
  readonly owner?: string | undefined
  readonly tags?: Tags | undefined
  readonly description?: string | undefined
  readonly object: object
  readonly actions?: ReactNode
  /** More tabs between the first and the lineage. */
  readonly more?: readonly { readonly route: string; readonly name: string; readonly content: ReactNode }[]
  readonly children: ReactNode
}

/** The page of a kind that is mostly properties: what it is at the left, what is connected at the right, lineage and definition behind. */
export function SimplePage(props: SimplePageProps) {
  const { project, kind, name, tab, owner, tags, description, object, actions, more = [], children } = props
  const base = objectPath(project, kind, name)
  const own = more.find(({ route }) => route === tab)
  const tabs = [
    { route: '', name: 'Overview' },
    ...more,
    { route: 'lineage', name: 'Lineage' },
    { route: 'definition', name: 'Definition' },
  ]
  return (
    <>
      <PageHead
        name={name}
        kind={kind}
        copy
        crumbs={crumbsOf(project, kind, name)}
        owner={owner}
        tags={tags}
        description={description}
        actions={
          <>
            {actions}
            <EditLink project={project} kind={kind} name={name} />
          </>
        }
      />
      <Tabs
        label={`Parts of ${name}`}
        current={tab === '' ? base : `${base}/${tab}`}
        tabs={tabs.map((each) => ({ name: each.name, to: each.route === '' ? base : `${base}/${each.route}` }))}
      />
      {own ? (
        own.content
      ) : tab === 'lineage' ? (
        <LineageTab project={project} kind={kind} name={name} />
      ) : tab === 'definition' ? (
        <DefinitionTab object={object} />
      ) : (
        <div className="with-aside">
          <div className="stack wide">{children}</div>
          <aside aria-label="Connected objects">
            <Section title="Connected with">
              <Related project={project} kind={kind} name={name} />
            </Section>
          </aside>
        </div>
      )}
    </>
  )
}
