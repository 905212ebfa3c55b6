import { useEffect } from 'react'
import { useHost } from '../api/query.ts'
import { PageHead } from '../part/page-head.tsx'
import { projectPath } from '../route/path.ts'
import { navigate } from '../route/router.ts'
import { useKubeflow } from '../shell/kubeflow.ts'
import { projectOfNamespace, useProjects } from '../shell/project.ts'
import { ProjectCards } from './projects/project-cards.tsx'

/** The choice of a project; where there is only one, or a default, there is nothing to choose. */
export function ProjectsPage() {
  const { defaultProject } = useHost()
  const { namespace } = useKubeflow()
  const projects = useProjects().data?.projects
  const only = projects?.length === 1 ? projects[0]?.spec.name : undefined
  const target = defaultProject ?? only
  const unmatched = namespace !== null && projects !== undefined && projectOfNamespace(projects, namespace) === null
  useEffect(() => {
    if (target) navigate(projectPath(target), { replace: true })
  }, [target])
  return (
    <>
      <PageHead
        name="Projects"
        crumbs={[]}
        description={unmatched ? `No project belongs to the namespace ${namespace}: these are all that you may read.` : undefined}
      />
      <ProjectCards />
    </>
  )
}
