import { type AskedFor, type Catalog, catalogOf, type ResolvedRequest, resolveAsked } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import type { Rooms } from '../route.ts'
import { decodeValue } from './decode.ts'

/** What a request names: features, or a service. */
export interface Named {
  readonly project: string
  readonly features: readonly string[] | null
  readonly feature_service: string | null
}

/** What was asked for, with the request that it means. */
export interface Asked {
  readonly asked: AskedFor
  readonly request: ResolvedRequest
  readonly catalog: Catalog
}

/** Values are read of the project of feature_store.yaml, which the stores are for. @throws SERVER_NOT_SUPPORTED */
export const checkProject = ({ store }: Rooms, project: string): void => {
  if (project !== store.project)
    throw serverError('SERVER_NOT_SUPPORTED', [`read values of project "${project}"`, `this server reads those of "${store.project}"`])
}

/**
 * Resolves what a request names.
 *
 * @throws SERVER_VALUE_INVALID unless it names either features or a service
 * @throws STORE_VIEW_NOT_FOUND, STORE_FEATURE_NOT_FOUND for what is not there
 */
export const resolveNamed = (index: RegistryIndex, named: Named, fullFeatureNames: boolean): Asked => {
  const catalog = catalogOf(index.snapshot, named.project)
  const service = named.feature_service ?? ''
  const features = named.features ?? []
  if ((service === '') === (features.length === 0))
    throw serverError('SERVER_VALUE_INVALID', [
      'request',
      service || features.join(','),
      'it has to name either features or a feature service',
    ])
  const found = service === '' ? undefined : catalog.service(service)
  if (service !== '' && found === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', ['Feature service', service, named.project])
  const asked: AskedFor = found ?? features
  return { asked, catalog, request: resolveAsked(asked, catalog, { fullFeatureNames }) }
}

/** Rows of a request with their values as the store takes them; what no column is known for stays as it is. */
export const decodeRows = (
  rows: readonly JsonObject[],
  { joinKeys, requestFields }: ResolvedRequest,
): readonly Readonly<Record<string, unknown>>[] => {
  const types = new Map([...joinKeys, ...requestFields].map(({ name, type }) => [name, type]))
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const type = types.get(name)
        return [name, type === undefined ? value : decodeValue(name, value, type)]
      }),
    ),
  )
}
