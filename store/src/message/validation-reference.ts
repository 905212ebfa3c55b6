import { create } from '@bufbuild/protobuf'
import { type ValidationReference, validationReference } from '../definition/validation-reference.ts'
import { storeError } from '../errors.ts'
import {
  type ValidationReference as ValidationReferenceMessage,
  ValidationReferenceSchema,
} from '../proto/feast/core/validation-reference_pb.ts'

/**
 * A validation reference as Feast's message: the one kind without spec and meta.
 *
 * @throws STORE_DEFINITION_INVALID without a profiler: Feast could list no reference of the project any more
 */
export const validationReferenceMessage = (reference: ValidationReference, project: string): ValidationReferenceMessage => {
  if (reference.profiler === undefined)
    throw storeError('STORE_DEFINITION_INVALID', [
      'validation reference',
      reference.name,
      'it has no profiler, without which Feast cannot read it',
    ])
  return create(ValidationReferenceSchema, {
    name: reference.name,
    project,
    referenceDatasetName: reference.referenceDatasetName,
    description: reference.description,
    tags: { ...reference.tags },
    profiler: { case: 'geProfiler', value: { profiler: { body: reference.profiler } } },
    ...(reference.profile === undefined ? {} : { cachedProfile: { case: 'geProfile', value: { expectationSuite: reference.profile } } }),
  })
}

/** A validation reference read from Feast's message. Its profiler is Python code: carried, never run. */
export const validationReferenceOf = (message: ValidationReferenceMessage): ValidationReference =>
  validationReference({
    name: message.name,
    referenceDatasetName: message.referenceDatasetName,
    description: message.description,
    tags: message.tags,
    profiler: message.profiler.case === 'geProfiler' ? message.profiler.value.profiler?.body : undefined,
    profile: message.cachedProfile.case === 'geProfile' ? message.cachedProfile.value.expectationSuite : undefined,
  })
