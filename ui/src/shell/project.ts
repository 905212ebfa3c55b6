import type { Pagination, ResourceCounts } from '../api/contract.ts'
import type { Project } from '../api/feast.ts'
import { useApi } from '../api/query.ts'
import { matchPath, usePlace } from '../route/router.ts'

/** The project in the address; `null` on the page of projects. `all` stands for all of them, as in Feast's UI. */
export function useProject(): string | null {
  const { path } = usePlace()
  return matchPath('/p/:project/*', path)?.project ?? null
}

export interface ProjectList {
  readonly projects: readonly Project[]
  readonly pagination?: Pagination
}

export function useProjects(enabled = true) {
  return useApi<ProjectList>('projects', { page: 1, limit: 100, sort_by: 'name' }, { enabled })
}

/** Counts of a project's objects, one request for the navigation and the page. */
export function useCounts(project: string | null) {
  return useApi<ResourceCounts>(
    'metrics/resource_counts',
    { project: project === 'all' ? null : project, lists: false },
    { enabled: project !== null && project !== 'all' },
  )
}

/**
 * The project that belongs to a Kubeflow namespace: of the same name, else labelled with it, else none.
 */
export function projectOfNamespace(projects: readonly Project[], namespace: string): string | null {
  const same = projects.find(({ spec }) => spec.name === namespace)
  const labelled = projects.find(({ spec }) => spec.tags?.['kubeflow.org/namespace'] === namespace)
  return (same ?? labelled)?.spec.name ?? null
}
