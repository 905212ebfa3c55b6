import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { ApiFailure, get, type Params } from './client.ts'
import type { HostConfig, Pagination, Switch, SwitchName } from './contract.ts'
import { hostConfig, onSessionChange, registryVersion } from './session.ts'

/** One cache for the page. A key is the path and the parameters, never the caller: nothing is fetched twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 1 && error instanceof ApiFailure && (error.status === 0 || error.status >= 502),
    },
  },
})

export interface ApiOptions {
  readonly enabled?: boolean
  /** Keep the last answer on the screen while the next one loads. Default true. */
  readonly keep?: boolean
  readonly refetchEvery?: number | false
}

/** GET as a query. */
export function useApi<T>(path: string, params: Params = {}, options: ApiOptions = {}) {
  return useQuery<T>({
    queryKey: [path, params],
    queryFn: ({ signal }) => get<T>(path, params, signal),
    enabled: options.enabled ?? true,
    refetchInterval: options.refetchEvery ?? false,
    ...((options.keep ?? true) ? { placeholderData: keepPreviousData } : {}),
  })
}

/** GET in pages, appended as the reader scrolls. */
export function usePages<T extends { readonly pagination?: Pagination }>(path: string, params: Params, options: ApiOptions = {}) {
  return useInfiniteQuery({
    queryKey: [path, params, 'pages'],
    queryFn: ({ signal, pageParam }) => get<T>(path, { ...params, page: pageParam }, signal),
    initialPageParam: 1,
    getNextPageParam: (last, all) => (last.pagination?.hasNext ? all.length + 1 : undefined),
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
  })
}

/** Everything whose path begins with one of these is asked again if it is on the screen, else dropped. */
export function invalidate(...prefixes: readonly string[]): void {
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [path] }) => typeof path === 'string' && prefixes.some((prefix) => path.startsWith(prefix)),
  })
}

/** What the host said about itself. */
export function useHost(): HostConfig {
  return useSyncExternalStore(onSessionChange, hostConfig)
}

/** The newest registry version that any answer or event has told of; `''` when the server names none. */
export function useRegistryVersion(): string {
  return useSyncExternalStore(onSessionChange, registryVersion)
}

/** One of the host's switches. */
export function useSwitch(name: SwitchName): Switch {
  return useHost().switches[name]
}

export function isOn(value: Switch): boolean {
  return value.state === 'on'
}
