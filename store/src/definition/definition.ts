import type { Entity } from './entity.ts'
import type { FeatureService } from './feature-service.ts'
import type { FeatureView, StreamFeatureView } from './feature-view.ts'
import type { LabelView } from './label-view.ts'
import type { OnDemandFeatureView } from './on-demand-feature-view.ts'
import type { Permission } from './permission.ts'
import type { Project } from './project.ts'
import type { SavedDataset } from './saved-dataset.ts'
import type { DataSource } from './source.ts'
import type { ValidationReference } from './validation-reference.ts'

/** A view whose features are stored in the online store. */
export type AnyStoredView = FeatureView | StreamFeatureView | LabelView
/** Everything that can be applied to a registry. */
export type Definition =
  | Project
  | Entity
  | DataSource
  | FeatureView
  | StreamFeatureView
  | OnDemandFeatureView
  | LabelView
  | FeatureService
  | SavedDataset
  | ValidationReference
  | Permission

const kinds: ReadonlySet<string> = new Set<Definition['kind']>([
  'project',
  'entity',
  'postgres-source',
  'file-source',
  'push-source',
  'request-source',
  'kafka-source',
  'kinesis-source',
  'other-source',
  'feature-view',
  'stream-feature-view',
  'on-demand-feature-view',
  'label-view',
  'feature-service',
  'saved-dataset',
  'validation-reference',
  'permission',
])

/** Whether a value is a definition: how a repository's exports are told from everything else that a module exports. */
export const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  kinds.has(value.kind) &&
  'name' in value
