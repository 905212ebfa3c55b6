import { useEffect, useRef } from 'react'
import { projectPath } from '../route/path.ts'
import { navigate } from '../route/router.ts'
import { useKubeflow } from './kubeflow.ts'
import { projectOfNamespace, useProject, useProjects } from './project.ts'

/**
 * Inside Kubeflow the dashboard's namespace chooses the project. The first namespace only fills an address without a project, so
 * that a deep link survives; a later choice goes to the project of that namespace.
 */
export function useNamespace(): void {
  const { namespace } = useKubeflow()
  const project = useProject()
  const projects = useProjects(namespace !== null).data?.projects
  const handled = useRef<string | null>(null)
  useEffect(() => {
    if (namespace === null || projects === undefined || handled.current === namespace) return
    const first = handled.current === null
    handled.current = namespace
    const wanted = projectOfNamespace(projects, namespace)
    if (wanted === null || wanted === project || (first && project !== null)) return
    navigate(projectPath(wanted), { replace: first })
  }, [namespace, projects, project])
}
