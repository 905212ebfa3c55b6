import { type Outcome, runScenario, type ScenarioCharm } from '../scenario/run.ts'
import { type Comparison, compareTrees, type GoldenDifference } from './compare.ts'
import { applyDeviations, type DefectAssertion, type Deviation } from './deviation.ts'
import { type Fixture, readFixtures } from './fixture.ts'
import { checkIntended } from './intended.ts'
import { findLeaks } from './leak.ts'
import { actualTree, expectedTree } from './tree.ts'

/** What {@link runGolden} needs. */
export interface GoldenOptions {
  /** The folder of recordings. */
  readonly directory: string
  /** The charm; or one for each recording. */
  readonly charm: ScenarioCharm | ((fixture: Fixture) => ScenarioCharm)
  readonly deviations?: readonly Deviation[]
  readonly defects?: readonly DefectAssertion[]
  /** How often a hook may set the unit's status; twice by default. */
  readonly statusSets?: number
}

/** How one recording went. */
export interface GoldenResult {
  readonly fixture: Fixture
  /** `equal`, `deviating` by a rule, or `failing`. */
  readonly verdict: 'equal' | 'deviating' | 'failing'
  readonly deviations: readonly string[]
  readonly asserted: number
  readonly differences: readonly GoldenDifference[]
  /** What is wrong beside differences. */
  readonly problems: readonly string[]
  /** Nothing is asserted of it: the recording says that all may differ. */
  readonly free: boolean
}

/** How all recordings of a charm went. */
export interface GoldenCharmReport {
  readonly results: readonly GoldenResult[]
  readonly equal: number
  readonly deviating: number
  readonly failing: number
  /** Recordings of which nothing is asserted. */
  readonly free: number
  /** How many values were compared. */
  readonly asserted: number
  /** Deviations and defect assertions that spoke of no recording: each is a failure. */
  readonly unused: readonly string[]
}

/**
 * Runs a charm on every recording of the Python charm and compares what it leaves, by the rules of the recordings' README.
 *
 * @example
 * const report = await runGolden({ directory: 'charms/feast-ui/test/golden', charm: inProcess(feastUi), deviations, defects })
 */
export async function runGolden(options: GoldenOptions): Promise<GoldenCharmReport> {
  const results: GoldenResult[] = []
  const used = new Set<string>()
  for (const fixture of readFixtures(options.directory)) results.push(await runFixture(fixture, options, used))
  const rules = [...(options.deviations ?? []), ...(options.defects ?? [])]
  const count = (verdict: GoldenResult['verdict']): number => results.filter((result) => result.verdict === verdict).length
  return {
    results,
    equal: count('equal'),
    deviating: count('deviating'),
    failing: count('failing'),
    free: results.filter(({ free }) => free).length,
    asserted: results.reduce((sum, { asserted }) => sum + asserted, 0),
    unused: rules.map(({ name }) => name).filter((name) => !used.has(name)),
  }
}

async function runFixture(fixture: Fixture, options: GoldenOptions, used: Set<string>): Promise<GoldenResult> {
  const free = fixture.mayDiffer?.includes('*') ?? false
  const { tree, applied } = applyDeviations(fixture, expectedTree(fixture), options.deviations ?? [])
  for (const name of applied) used.add(name)
  try {
    const charm = typeof options.charm === 'function' ? options.charm(fixture) : options.charm
    const outcome = await runScenario(charm, fixture.state, fixture.event)
    const compared = compareTrees(fixture, tree, actualTree(outcome))
    const problems = free ? [] : [...checkOutcome(fixture, outcome, options), ...checkDefect(fixture, outcome, options, used)]
    return judge(fixture, { compared, problems, deviations: applied, free })
  } catch (error) {
    const problems = [error instanceof Error ? error.message : String(error)]
    return judge(fixture, { compared: { asserted: 0, differences: [] }, problems, deviations: applied, free })
  }
}

interface Findings {
  readonly compared: Comparison
  readonly problems: readonly string[]
  readonly deviations: readonly string[]
  readonly free: boolean
}

function judge(fixture: Fixture, { compared, problems, deviations, free }: Findings): GoldenResult {
  const failing = compared.differences.length > 0 || problems.length > 0
  const verdict = failing ? 'failing' : deviations.length > 0 ? 'deviating' : 'equal'
  return { fixture, verdict, deviations, ...compared, problems, free }
}

/** What holds for every hook, recorded or not. */
function checkOutcome(fixture: Fixture, outcome: Outcome, { statusSets = 2 }: GoldenOptions): string[] {
  const sets = outcome.unitStatusHistory.length
  const tooMany = sets > statusSets ? [`the unit's status was set ${sets} times`] : []
  return [...tooMany, ...findLeaks(outcome, fixture.sensitive ?? []), ...checkIntended(outcome, fixture)]
}

function checkDefect(fixture: Fixture, outcome: Outcome, { defects = [] }: GoldenOptions, used: Set<string>): string[] {
  if (fixture.knownDefect === undefined) return []
  const speaking = defects.filter(({ when }) => when(fixture))
  for (const { name } of speaking) used.add(name)
  if (speaking.length === 0) return [`nothing is asserted of what should be instead: ${fixture.shouldInstead ?? fixture.knownDefect}`]
  return speaking.flatMap(({ name, check }) => check(outcome, fixture).map((problem) => `${name}: ${problem}`))
}

/** A report for a person: counts, and of each failing recording what differs. */
export function formatGoldenCharmReport(charm: string, report: GoldenCharmReport): string {
  const failing = report.results.filter(({ verdict }) => verdict === 'failing')
  const lines = failing.flatMap(({ fixture, differences, problems }) => [
    `${charm} ${fixture.name} (${fixture.event.hook}): ${fixture.description}`,
    ...problems.map((problem) => `  ${problem}`),
    ...differences.flatMap(({ path, expected, actual }) => [`  ${path}`, `    - ${shorten(expected)}`, `    + ${shorten(actual)}`]),
  ])
  const { equal, deviating, asserted, free } = report
  const unused = report.unused.map((name) => `${charm}: the rule "${name}" speaks of no recording`)
  const counts = `${equal} equal, ${deviating} deviating by rule, ${report.failing} failing, ${asserted} values asserted, ${free} free`
  return [...lines, ...unused, `${charm}: ${report.results.length} recordings: ${counts}`].join('\n')
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 1000 ? `${text.slice(0, 1000)}… (${text.length} characters)` : text
}
