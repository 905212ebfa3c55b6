import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type FeatureService, storedFeatureService } from '../definition/feature-service.ts'
import { storeError } from '../errors.ts'
import {
  type FeatureService as FeatureServiceMessage,
  FeatureServiceSchema,
  LoggingConfigSchema,
} from '../proto/feast/core/feature-service_pb.ts'
import { describedMessage, describedOf } from './described.ts'
import { fieldOf } from './field.ts'
import type { FindView } from './on-demand-feature-view.ts'
import { projectionMessage } from './projection.ts'

/**
 * A service as Feast's message.
 *
 * @throws STORE_DEFINITION_INVALID when a view or a feature that it lists does not exist
 */
export const featureServiceMessage = (service: FeatureService, project: string, find: FindView): FeatureServiceMessage =>
  create(FeatureServiceSchema, {
    spec: {
      name: service.name,
      project,
      ...describedMessage(service),
      precomputeOnline: service.precomputeOnline,
      ...(service.logging === undefined ? {} : { loggingConfig: fromBinary(LoggingConfigSchema, service.logging) }),
      features: service.projections.map(({ view: name, alias, joinKeyMap, features }) => {
        const view = find(name)
        const fault = (why: string) => storeError('STORE_DEFINITION_INVALID', ['feature service', service.name, why])
        if (view === undefined) throw fault(`there is no view "${name}"`)
        // A whole view without a schema of its own: all that was found.
        const fields = (features.length === 0 ? view.fields.map((field) => field.name) : features).map((feature) => {
          const field = view.fields.find((candidate) => candidate.name === feature)
          if (field === undefined) throw fault(`view "${name}" has no feature "${feature}"`)
          return field
        })
        return projectionMessage({ view, alias, joinKeyMap, fields })
      }),
    },
  })

/** A service read from Feast's message. */
export const featureServiceOf = (message: FeatureServiceMessage): FeatureService => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['feature service', '', 'it has no spec'])
  return storedFeatureService({
    name: spec.name,
    ...describedOf(spec),
    precomputeOnline: spec.precomputeOnline,
    logging: spec.loggingConfig === undefined ? undefined : toBinary(LoggingConfigSchema, spec.loggingConfig),
    projections: spec.features.map((projection) => ({
      view: projection.featureViewName,
      alias: projection.featureViewNameAlias === projection.featureViewName ? '' : projection.featureViewNameAlias,
      joinKeyMap: Object.freeze({ ...projection.joinKeyMap }),
      fields: projection.featureColumns.map(fieldOf),
    })),
  })
}
