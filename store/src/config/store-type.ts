import { nearestName } from './nearest-name.ts'
import { below, type Place, report } from './problem.ts'
import type { YamlNode } from './yaml-tree.ts'

/** Which types a section may name. */
export interface StoreTypes {
  /** What it is when the section names none. */
  readonly fallback: string
  readonly names: readonly string[]
  /** With what the path of a Python class ends. */
  readonly suffix: string
}

/** Reads the type of a store: the section itself when it is text, else its `type`; a known name or the path of a Python class. */
export const readType = (node: YamlNode | undefined, { fallback, names, suffix }: StoreTypes, place: Place): string | undefined => {
  const type = node?.kind === 'map' ? node.entries.get('type') : node
  if (type === undefined) return fallback
  const at = node?.kind === 'map' ? below(place, 'type', type.line) : place
  if (type.kind !== 'text') report(at, 'it must be text, or a map with a type')
  else if (names.includes(type.value) || (type.value.includes('.') && type.value.endsWith(suffix))) return type.value
  else {
    const near = nearestName(type.value, names)
    report(
      at,
      `"${type.value}" is not known${near === undefined ? '' : `, the nearest is "${near}"`}; allowed: ${[...names].sort().join(', ')}, or a Python class whose name ends with ${suffix}`,
    )
  }
  return undefined
}
