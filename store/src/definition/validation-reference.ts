/** A saved dataset with the profile that later data are held against. The profiler is Python code: carried, never run. */
export interface ValidationReference {
  readonly kind: 'validation-reference'
  readonly name: string
  readonly referenceDatasetName: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly profiler: Uint8Array | undefined
  readonly profile: Uint8Array | undefined
}

/**
 * Describes a validation reference. Its profiler is a Python function, pickled: one that Python wrote is carried along.
 *
 * @example
 * const expected = validationReference({ name: 'expected', referenceDatasetName: 'january', profiler })
 */
export const validationReference = (
  spec: Pick<ValidationReference, 'name' | 'referenceDatasetName'> & Partial<Omit<ValidationReference, 'kind'>>,
): ValidationReference =>
  Object.freeze({
    kind: 'validation-reference',
    description: '',
    profiler: undefined,
    profile: undefined,
    ...spec,
    tags: Object.freeze({ ...spec.tags }),
  })
