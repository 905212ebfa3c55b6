/** Why a value is what it is, by Feast's numbers (`FieldStatus` of its serving protocol). */
const statusNames = ['INVALID', 'PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'] as const

/** One of {@link statusNames} that a retrieval can give. */
export type FeatureStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE'

export const PRESENT = 1
export const NULL_VALUE = 2
export const NOT_FOUND = 3
export const OUTSIDE_MAX_AGE = 4

/** The name of a status number. */
export const statusName = (number: number): FeatureStatus => {
  const name = statusNames[number]
  return name === undefined || name === 'INVALID' ? 'NOT_FOUND' : name
}
