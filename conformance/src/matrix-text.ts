import type { CellPlace } from './cell.ts'
import { kindChecks, operations, typeChecks } from './cell.ts'
import { type FeastVersion, feastVersions } from './environment.ts'
import { columns, type Matrix } from './matrix.ts'

const marks = { tested: '✓', impossible: '–', deviating: '≠', untested: '?' } as const

/** A table of Markdown, its columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const [head = []] = rows
  const widths = head.map((_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.slice(1).map(line)]
}

const letters = 'abcdefghijklmnopqrstuvwxyz'

/** What the columns of a table are, by their letters. */
const legend = (checks: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(checks).map((words, at) => `- **${letters[at]}**: ${words}`)

const heads = (checks: readonly string[]): readonly string[] => checks.map((_, at) => letters[at] ?? '')

const mark = (matrix: Matrix, place: CellPlace): string => marks[matrix.of(place).state]

/** Why cells are impossible or deviate: each reason once, with the cells that have it. */
const reasons = (matrix: Matrix, version: FeastVersion, state: 'impossible' | 'deviating'): readonly string[] => {
  const found = matrix.places.flatMap((place) => {
    const { whys, ...outcome } = matrix.of(place)
    return place.version === version && outcome.state === state ? whys.map((why) => ({ why, place })) : []
  })
  const grouped = Map.groupBy(found, ({ why }) => why)
  const named = (place: CellPlace): string => {
    if ('operation' in place) return operations[place.operation]
    const at = 'kind' in place ? columns.kinds.indexOf(place.check) : columns.types.indexOf(place.check)
    return `${'kind' in place ? place.kind : place.type} ${letters[at]}`
  }
  return [...grouped].map(
    ([why, places]) => `- ${why.replace(/\.$/, '')}: ${[...new Set(places.map(({ place }) => named(place)))].join(', ')}`,
  )
}

const section = (title: string, lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', title, '', ...lines])

const releasePage = (matrix: Matrix, version: FeastVersion): readonly string[] => {
  const { kinds, types, renumbered } = matrix.known[version]
  const kindRows = kinds.map((kind) => [kind, ...columns.kinds.map((check) => mark(matrix, { version, kind, check }))])
  const typeRows = [...types, ...renumbered].map((type) => [type, ...columns.types.map((check) => mark(matrix, { version, type, check }))])
  const operationRows = columns.operations.map((operation) => [operations[operation], mark(matrix, { version, operation })])
  return [
    ...section(`## Feast ${version}`, table([['kind of object', ...heads(columns.kinds)], ...kindRows])),
    ...section('', table([['value type', ...heads(columns.types)], ...typeRows])).slice(2),
    ...section('', table([['what both do', ''], ...operationRows])).slice(2),
    ...section('Impossible:', reasons(matrix, version, 'impossible')),
    ...section('Deviating, as [Where we differ from Feast](differences.md) says:', reasons(matrix, version, 'deviating')),
  ]
}

/** The page docs/reference/compatibility.md: which cells there are and what came of each, without what differs from run to run. */
export const matrixPage = (matrix: Matrix, postgres: string): string =>
  [
    '# Compatibility with Feast',
    '',
    'Made by `npm run conformance`, which runs the real Feast of each release beside ours and fails when this page says something else; with',
    `\`-- --update\` it writes the page. Kinds and types are those that each release's wheel has. PostgreSQL ${postgres}.`,
    '',
    '✓ compared and the same; – impossible, for the reason that is said; ≠ compared, with a difference that is written down.',
    ...section('Kinds of objects:', legend(kindChecks)),
    ...section('Value types:', legend(typeChecks)),
    ...feastVersions.flatMap((version) => releasePage(matrix, version)),
    '',
  ].join('\n')

/** How many cells of a release came out how, and how much they compared. */
const releaseSum = (matrix: Matrix, version: FeastVersion): string => {
  const outcomes = matrix.places.filter((place) => place.version === version).map((place) => matrix.of(place))
  const count = (state: string): number => outcomes.filter((outcome) => outcome.state === state).length
  const total = (what: 'objects' | 'rows' | 'values'): number => outcomes.reduce((all, outcome) => all + outcome[what], 0)
  const { kinds, types } = matrix.known[version]
  const states = (['tested', 'deviating', 'impossible', 'untested'] as const).map((state) => `${count(state)} ${state}`).join(', ')
  return `Feast ${version}: ${outcomes.length} cells: ${states}; ${total('objects')} objects of ${kinds.length} kinds, ${total('rows')} rows, ${total('values')} values of ${types.length} types compared`
}

/** What a run says at its end: every cell, then the sums. */
export const matrixSummary = (matrix: Matrix): string =>
  [
    ...feastVersions.flatMap((version) => releasePage(matrix, version)),
    '',
    ...feastVersions.map((version) => releaseSum(matrix, version)),
    ...matrix.problems.map((problem) => `problem: ${problem}`),
    '',
  ].join('\n')

/** The places that are alike in two texts of the page are left out. */
export const pageDifference = (committed: string, made: string): readonly string[] => {
  const [before, after] = [new Set(committed.split('\n')), new Set(made.split('\n'))]
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ]
}
