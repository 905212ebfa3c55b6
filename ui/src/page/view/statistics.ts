import { useQuery } from '@tanstack/react-query'
import { post } from '../../api/client.ts'
import type { FeatureStatistics, StatisticsAnswer } from '../../api/contract.ts'
import { isOn, useSwitch } from '../../api/query.ts'

interface StatisticsOptions {
  /** `null`: all of the view's. */
  readonly features?: readonly string[] | null
  /** False for a view that is computed when it is read: it has no rows to count. */
  readonly stored?: boolean
}

/** Statistics over a view's newest rows; asked only where values may be read. */
export function useStatistics(project: string, view: string, { features = null, stored = true }: StatisticsOptions = {}) {
  const allowed = isOn(useSwitch('data'))
  return useQuery({
    queryKey: ['preview/statistics', project, view, features],
    queryFn: ({ signal }) => post<StatisticsAnswer>('preview/statistics', { project, view, features }, { signal }),
    enabled: allowed && stored,
    staleTime: 300_000,
  })
}

/** Share of rows without a value; `null` where there are no rows. */
export function nullRate({ rows, nulls }: FeatureStatistics): number | null {
  const all = Number(rows)
  return all === 0 ? null : Number(nulls) / all
}
