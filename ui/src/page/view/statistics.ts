import { useQuery } from '@tanstack/react-query'
import { post } from '../../api/client.ts'
import type { FeatureStatistics, StatisticsAnswer } from '../../api/contract.ts'
import { isOn, useSwitch } from '../../api/query.ts'

/** Statistics over a view's newest rows; asked only where values may be read. */
export function useStatistics(project: string, view: string, features: readonly string[] | null = null) {
  const allowed = isOn(useSwitch('data'))
  return useQuery({
    queryKey: ['preview/statistics', project, view, features],
    queryFn: ({ signal }) => post<StatisticsAnswer>('preview/statistics', { project, view, features }, { signal }),
    enabled: allowed,
    staleTime: 300_000,
  })
}

/** Share of rows without a value; `null` where there are no rows. */
export function nullRate({ rows, nulls }: FeatureStatistics): number | null {
  const all = Number(rows)
  return all === 0 ? null : Number(nulls) / all
}
