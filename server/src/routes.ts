import { eventRoutes } from './event/event-routes.ts'
import { computeRoutes } from './feast/compute-routes.ts'
import { datasetRoutes } from './feast/dataset-routes.ts'
import { labelRoutes } from './feast/label-routes.ts'
import { openLineageRoutes } from './feast/open-lineage-routes.ts'
import { pushRoutes } from './feast/push-routes.ts'
import { systemRoutes } from './feast/system-routes.ts'
import { unconfiguredRoutes } from './feast/unconfigured-routes.ts'
import { feastLineageRoutes } from './lineage/feast-lineage.ts'
import { objectLineageRoutes } from './lineage/object-lineage.ts'
import { metricsRoutes } from './metrics/metrics-routes.ts'
import { collections } from './object/collection.ts'
import { featureRoutes } from './object/feature-routes.ts'
import { objectRoutes } from './object/object-routes.ts'
import { projectRoutes } from './object/project-routes.ts'
import type { AnyRoute } from './route.ts'
import { runRoutes } from './run/run-routes.ts'
import { startRoutes } from './run/start-routes.ts'
import { searchRoutes } from './search/search-routes.ts'
import { statusRoutes } from './status/status-routes.ts'
import { exportRoute } from './value/export.ts'
import { historicalRoute } from './value/historical.ts'
import { onlineRoutes } from './value/online.ts'
import { previewRoute } from './value/preview.ts'
import { statisticsRoute } from './value/statistics-route.ts'
import { feastWriteRoutes } from './write/feast-writes.ts'
import { writeRoutes } from './write/write-routes.ts'

/**
 * Every route of the API, below `/api/v1`: Feast 0.67's REST registry server, then what our pages need beyond it.
 * The server, OpenAPI and the tests read this table; nothing answers that is not in it.
 */
export const routes: readonly AnyRoute[] = [
  ...systemRoutes,
  ...unconfiguredRoutes,
  ...labelRoutes,
  ...pushRoutes,
  ...datasetRoutes,
  ...openLineageRoutes,
  ...projectRoutes,
  ...collections.flatMap(objectRoutes),
  ...featureRoutes,
  ...feastLineageRoutes,
  ...objectLineageRoutes,
  ...searchRoutes,
  ...metricsRoutes,
  ...computeRoutes,
  ...statusRoutes,
  ...runRoutes,
  ...eventRoutes,
  previewRoute,
  statisticsRoute,
  exportRoute,
  ...onlineRoutes,
  historicalRoute,
  ...startRoutes,
  ...writeRoutes,
  ...feastWriteRoutes,
]
