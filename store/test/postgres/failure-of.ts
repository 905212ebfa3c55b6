import { StoreError } from '../../src/errors.ts'

/** The StoreError that work ends in; anything else fails the test. */
export const failureOf = async (work: Promise<unknown>): Promise<StoreError> => {
  const error = await work.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  if (error instanceof StoreError) return error
  throw error
}
