import type { ValueTypeName } from '../../store/src/definition/value-type.ts'
import type { KindName } from '../../store/src/registry/kind.ts'
import {
  type Cell,
  type CellCounts,
  type CellPlace,
  type KindCheck,
  kindChecks,
  type Operation,
  operations,
  type TypeCheck,
  typeChecks,
} from './cell.ts'
import { type FeastVersion, feastVersions } from './environment.ts'
import type { Known } from './known.ts'

/** What came of all that was noted of one place. */
export interface Outcome extends Required<CellCounts> {
  readonly state: 'tested' | 'impossible' | 'deviating' | 'untested'
  readonly whys: readonly string[]
}

/** All cells of a run. */
export interface Matrix {
  readonly known: Readonly<Record<FeastVersion, Known>>
  readonly of: (place: CellPlace) => Outcome
  /** The places that there are, in order. */
  readonly places: readonly CellPlace[]
  /** What must not be: a place that nobody looked at, one that is both impossible and compared, a difference that is not written down. */
  readonly problems: readonly string[]
}

const keysOf = <Table extends object>(table: Table): readonly (keyof Table)[] =>
  // Object.keys says string of every table; these have no other keys.
  Object.keys(table) as (keyof Table)[]

/** The checks of kinds, of types, and the operations, in their order. */
export const columns: {
  readonly kinds: readonly KindCheck[]
  readonly types: readonly TypeCheck[]
  readonly operations: readonly Operation[]
} = { kinds: keysOf(kindChecks), types: keysOf(typeChecks), operations: keysOf(operations) }

/** A place in words. */
export const placeText = (place: CellPlace): string => {
  const at = `Feast ${place.version}`
  if ('operation' in place) return `${at}: ${operations[place.operation]}`
  return 'kind' in place ? `${at}: ${place.kind}, ${kindChecks[place.check]}` : `${at}: ${place.type}, ${typeChecks[place.check]}`
}

const placesOf = (version: FeastVersion, { kinds, types, renumbered }: Known): readonly CellPlace[] => [
  ...kinds.flatMap((kind: KindName) => columns.kinds.map((check) => ({ version, kind, check }))),
  ...[...types, ...renumbered].flatMap((type: ValueTypeName) => columns.types.map((check) => ({ version, type, check }))),
  ...columns.operations.map((operation) => ({ version, operation })),
]

const sum = (cells: readonly Cell[], count: keyof CellCounts): number => cells.reduce((total, cell) => total + (cell[count] ?? 0), 0)

const outcomeOf = (cells: readonly Cell[]): Outcome => {
  const counts = { objects: sum(cells, 'objects'), rows: sum(cells, 'rows'), values: sum(cells, 'values') }
  const whys = [...new Set(cells.flatMap(({ why }) => (why === undefined ? [] : [why])))]
  const state = (['deviating', 'tested', 'impossible'] as const).find((each) => cells.some((cell) => cell.state === each))
  return { state: state ?? 'untested', whys, ...counts }
}

/**
 * Puts the cells that tests noted where they belong.
 *
 * @param differences the text of docs/reference/differences.md
 */
export const matrixOf = (known: Readonly<Record<FeastVersion, Known>>, cells: readonly Cell[], differences: string): Matrix => {
  const places = feastVersions.flatMap((version) => placesOf(version, known[version]))
  const expected = new Set(places.map(placeText))
  const byPlace = Map.groupBy(cells, placeText)
  const of = (place: CellPlace): Outcome => outcomeOf(byPlace.get(placeText(place)) ?? [])
  const both = ([, noted]: readonly [string, readonly Cell[]]): boolean =>
    noted.some(({ state }) => state === 'impossible') && noted.some(({ state }) => state !== 'impossible')
  return {
    known,
    of,
    places,
    problems: [
      ...places.filter((place) => of(place).state === 'untested').map((place) => `${placeText(place)}: nobody looked`),
      ...[...byPlace.keys()].filter((place) => !expected.has(place)).map((place) => `${place}: Feast knows no such thing`),
      ...[...byPlace].filter(both).map(([place]) => `${place}: said to be impossible, and compared`),
      ...cells
        .filter(({ state, why }) => state === 'deviating' && !differences.includes(why ?? ''))
        .map((cell) => `${placeText(cell)}: docs/reference/differences.md says nothing of "${cell.why}"`),
    ],
  }
}
