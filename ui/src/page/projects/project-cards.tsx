import type { Project } from '../../api/feast.ts'
import { formatCount } from '../../format/number.ts'
import { kinds } from '../../kind/kind.ts'
import { Icon } from '../../part/icon.tsx'
import { Empty, Failure, Skeleton } from '../../part/state.tsx'
import { Tags } from '../../part/tag.tsx'
import { Link } from '../../route/link.tsx'
import { projectPath } from '../../route/path.ts'
import { useCounts, useProjects } from '../../shell/project.ts'
import './project-cards.css'

function ProjectCard({ project: { spec } }: { readonly project: Project }) {
  const counts = useCounts(spec.name).data?.counts
  return (
    <li>
      <Link to={projectPath(spec.name)} className="project-card">
        <span className="row">
          <Icon of={kinds.project.icon} />
          <strong>{spec.name}</strong>
          <Tags tags={spec.tags} most={2} />
        </span>
        <span className="quiet clip">{spec.description || 'No description'}</span>
      </Link>
      <dl className="project-counts num">
        {(
          [
            ['views', counts?.featureViews],
            ['features', counts?.features],
            ['services', counts?.featureServices],
          ] as const
        ).map(([name, count]) => (
          <div key={name}>
            <dd>{formatCount(count)}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
    </li>
  )
}

/** All projects with what they hold. */
export function ProjectCards() {
  const projects = useProjects()
  if (projects.isError) return <Failure error={projects.error} what="the projects" onRetry={() => void projects.refetch()} />
  if (!projects.data) return <Skeleton rows={4} label="Loading the projects" />
  if (projects.data.projects.length === 0) {
    return (
      <Empty title="No projects yet" code={'feast init fraud\ncd fraud/feature_repo\nfeast apply'} language="bash">
        The first feast apply makes the project that its feature_store.yaml names.
      </Empty>
    )
  }
  return (
    <ul className="projects">
      {projects.data.projects.map((project) => (
        <ProjectCard key={project.spec.name} project={project} />
      ))}
    </ul>
  )
}
