import type { ResourceCounts, Switches } from '../api/contract.ts'
import { isOn, useHost } from '../api/query.ts'
import { formatCompact, formatCount } from '../format/number.ts'
import { Icon } from '../part/icon.tsx'
import { Link } from '../route/link.tsx'
import { projectPath } from '../route/path.ts'
import { usePlace } from '../route/router.ts'
import { useCounts } from './project.ts'
import { type SectionInfo, sections } from './section.ts'
import './nav.css'

function shown(section: SectionInfo, switches: Switches): boolean {
  return section.needs === undefined || isOn(switches[section.needs])
}

function isCurrent(path: string, to: string, section: SectionInfo): boolean {
  return section.route === '' ? path.replace(/\/$/, '') === to : path === to || path.startsWith(`${to}/`)
}

function countOf(section: SectionInfo, counts: ResourceCounts['counts'] | undefined): number | undefined {
  return counts && section.count ? section.count(counts) : undefined
}

function SectionLink({
  section,
  project,
  count,
}: {
  readonly section: SectionInfo
  readonly project: string
  readonly count: number | undefined
}) {
  const { path } = usePlace()
  const to = projectPath(project, section.route)
  return (
    <Link to={to} className="nav-link" aria-current={isCurrent(path, to, section) ? 'page' : undefined} title={section.name}>
      <Icon of={section.icon} />
      <span className="nav-name">{section.name}</span>
      {count === undefined ? null : (
        <span className="nav-count num" title={formatCount(count)}>
          {formatCompact(count)}
        </span>
      )}
    </Link>
  )
}

/** The navigation at the left: groups of places, with the number of objects where there is one. */
export function SideNav({ project }: { readonly project: string }) {
  const { switches } = useHost()
  const counts = useCounts(project).data?.counts
  const groups = ['Catalog', 'Operate', 'Use', 'Server'] as const
  return (
    <nav className="nav" aria-label="Sections">
      {groups.map((group) => {
        const members = sections.filter((section) => section.group === group && shown(section, switches))
        if (members.length === 0) return null
        return (
          <div className="nav-group" key={group}>
            {group === 'Catalog' ? null : <div className="nav-title label">{group}</div>}
            {members.map((section) => (
              <SectionLink key={section.route} section={section} project={project} count={countOf(section, counts)} />
            ))}
          </div>
        )
      })}
    </nav>
  )
}

/** The same places as one row, inside Kubeflow's frame, whose own menu stands at the left. */
export function TabNav({ project }: { readonly project: string }) {
  const { switches } = useHost()
  const { path } = usePlace()
  return (
    <nav className="tab-nav" aria-label="Sections">
      {sections
        .filter((section) => shown(section, switches))
        .map((section) => {
          const to = projectPath(project, section.route)
          return (
            <Link key={section.route} to={to} className="tab" aria-current={isCurrent(path, to, section) ? 'page' : undefined}>
              {section.name}
            </Link>
          )
        })}
    </nav>
  )
}
