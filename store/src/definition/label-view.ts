import { type Described, type DescribedSpec, described } from './described.ts'
import type { Duration } from './duration.ts'
import type { Entity, KeysOf } from './entity.ts'
import type { Schema } from './field.ts'
import type { BatchSource, StreamSource } from './source.ts'
import { type NoFields, type View, viewOf } from './view.ts'

/** Which label counts when several people gave one. */
export type ConflictPolicy = 'LAST_WRITE_WINS' | 'LABELER_PRIORITY' | 'MAJORITY_VOTE'

/** Labels that people or programs push, looked up like features. Feast ≥ 0.64. */
export type LabelView<Name extends string = string, E extends readonly Entity[] = readonly Entity[], S extends Schema = Schema> = View<
  Name,
  S,
  KeysOf<E>,
  NoFields
> &
  Described & {
    readonly kind: 'label-view'
    readonly entities: E
    readonly ttl: Duration | undefined
    readonly source: BatchSource | StreamSource | undefined
    readonly online: boolean
    readonly labelerField: string
    readonly conflictPolicy: ConflictPolicy
    readonly referenceFeatureView: string
  }

/**
 * Defines labels of entities.
 *
 * @example
 * const fraud = labelView({ name: 'fraud', entities: [customer], schema: { is_fraud: bool, labeler: string }, labelerField: 'labeler' })
 */
export const labelView = <const Name extends string, const E extends readonly Entity[], S extends Schema>(
  spec: DescribedSpec & {
    readonly name: Name
    readonly entities: E
    readonly schema: S
    readonly source?: BatchSource | StreamSource
    readonly ttl?: Duration
    readonly online?: boolean
    readonly labelerField?: string
    readonly conflictPolicy?: ConflictPolicy
    readonly referenceFeatureView?: string
  },
): LabelView<Name, E, S> =>
  Object.freeze({
    kind: 'label-view',
    ...viewOf<Name, S, KeysOf<E>, NoFields>('label view', spec.name, spec.schema),
    ...described(spec),
    entities: spec.entities,
    ttl: spec.ttl,
    source: spec.source,
    online: spec.online ?? true,
    labelerField: spec.labelerField ?? '',
    conflictPolicy: spec.conflictPolicy ?? 'LAST_WRITE_WINS',
    referenceFeatureView: spec.referenceFeatureView ?? '',
  })
