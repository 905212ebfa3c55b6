// Run by `.ci/run`: sums up vitest's JSON reports of a folder (`<step>.json`) and the steps that failed. Prints `N passed, N failed`
// alone on the last line and ends with 1 when anything failed or nothing was tested.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of vitest's JSON report, as far as it is counted. */
interface FileReport {
  readonly name: string
  readonly status: string
  readonly assertionResults: readonly { readonly status: string }[]
}

interface StepReport {
  readonly step: string
  readonly passed: number
  readonly failed: number
  readonly others: number
  readonly broken: readonly string[]
}

const count = (tests: readonly { readonly status: string }[], status: string): number =>
  tests.filter((test) => test.status === status).length

const readReport = (folder: string, file: string): StepReport => {
  const { testResults } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { testResults: readonly FileReport[] }
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const [passed, failed] = [count(tests, 'passed'), count(tests, 'failed')]
  // A file that could not even be loaded has failed and has no test that did.
  const broken = testResults.filter(({ status, assertionResults }) => status === 'failed' && count(assertionResults, 'failed') === 0)
  return {
    step: file.replace(/\.json$/, ''),
    passed,
    failed: failed + broken.length,
    others: tests.length - passed - failed,
    broken: broken.map(({ name }) => name),
  }
}

const [folder = '', ...failedSteps] = process.argv.slice(2)
const reports = readdirSync(folder).map((file) => readReport(folder, file))
const sum = (name: 'passed' | 'failed' | 'others'): number => reports.reduce((total, report) => total + report[name], 0)
// A step that failed counts once, unless its own tests say already what failed.
const steps = failedSteps.filter((step) => !reports.some((report) => report.step === step && report.failed > 0))
const [passed, failed] = [sum('passed'), sum('failed') + steps.length]
const lines = [
  ...reports.flatMap(({ broken }) => broken.map((name) => `could not run ${name}`)),
  ...steps.map((step) => `step "${step}" failed`),
  `${sum('others')} tests were not run on this machine`,
  `${passed} passed, ${failed} failed`,
]
process.stdout.write(`${lines.join('\n')}\n`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
