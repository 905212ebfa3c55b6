import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { segment } from '../../api/client.ts'
import type { Kind } from '../../api/contract.ts'
import { useApi } from '../../api/query.ts'
import { kinds } from '../../kind/kind.ts'
import { PageHead } from '../../part/page-head.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { listPath } from '../../route/path.ts'
import type { Crumb } from '../../shell/crumbs.tsx'

/** One object of a kind: what Feast's `GET /<kind>/{name}` answers. */
export function useObject<T>(project: string, kind: Kind, name: string) {
  return useApi<T>(`${kinds[kind].path}/${segment(name)}`, { project }, { keep: false })
}

/** The breadcrumb of an object's page. */
export function crumbsOf(project: string, kind: Kind, name: string): readonly Crumb[] {
  const many = kinds[kind].many
  return [{ name: many.slice(0, 1).toUpperCase() + many.slice(1), to: listPath(project, kind) }, { name }]
}

interface ObjectPageProps<T> {
  readonly project: string
  readonly kind: Kind
  readonly name: string
  readonly query: UseQueryResult<T>
  readonly children: (object: T) => ReactNode
}

/** The page of an object, or the state it is in while there is none to show. */
export function ObjectPage<T>({ project, kind, name, query, children }: ObjectPageProps<T>) {
  if (query.data !== undefined) return children(query.data)
  return (
    <>
      <PageHead name={name} kind={kind} crumbs={crumbsOf(project, kind, name)} />
      {query.isError ? (
        <Failure error={query.error} what={`the ${kinds[kind].one} "${name}"`} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton rows={10} label={`Loading ${name}`} />
      )}
    </>
  )
}
