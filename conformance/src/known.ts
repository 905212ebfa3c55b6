import { type ValueTypeName, valueTypeNames, valueTypeNumber } from '../../store/src/definition/value-type.ts'
import { type KindName, kindList } from '../../store/src/registry/kind.ts'
import type { FeastVersion } from './environment.ts'
import { runPythonFile } from './python.ts'

/** What a release of Feast knows. */
export interface Known {
  readonly kinds: readonly KindName[]
  readonly types: readonly ValueTypeName[]
  /** Types whose number is another's in later releases: nothing of them can be shared. */
  readonly renumbered: readonly ValueTypeName[]
}

declare module 'vitest' {
  interface ProvidedContext {
    /** What each release knows, out of its wheel. */
    readonly known: Readonly<Record<FeastVersion, Known>>
  }
}

/** Lists of a registry's message that hold no objects: what came before views, and what projects were before they were objects. */
const noObjects: ReadonlySet<string> = new Set(['feature_tables', 'project_metadata'])
/** Members of Feast's enum that are the type of no value: of nothing, and of an entity that has none. */
const noTypes: ReadonlySet<string> = new Set(['UNKNOWN', 'NULL'])

const found = <Entry>(entries: readonly Entry[], isIt: (entry: Entry) => boolean, name: string, version: FeastVersion): Entry => {
  const known = entries.find(isIt)
  if (known === undefined) throw new Error(`cannot compare with Feast "${version}": it knows "${name}", which we do not`)
  return known
}

/** Reads out of its wheel what a release knows. @throws Error for a kind or a type that we do not have */
export const readKnown = async (version: FeastVersion): Promise<Known> => {
  const { lists, types } = Object(await runPythonFile(version, 'known.py'))
  if (!Array.isArray(lists) || !Array.isArray(types)) throw new Error('known.py gave no lists')
  const named = types.filter(([name]) => !noTypes.has(name))
  const typesWhere = (isSame: boolean): readonly ValueTypeName[] =>
    named
      .map(([name, number]) => ({ name: found(valueTypeNames, (each) => each === name, name, version), number }))
      .filter(({ name, number }) => (valueTypeNumber(name) === number) === isSame)
      .map(({ name }) => name)
  return {
    kinds: lists.filter((list) => !noObjects.has(list)).map((list) => found(kindList, ({ table }) => table === list, list, version).name),
    types: typesWhere(true),
    renumbered: typesWhere(false),
  }
}
