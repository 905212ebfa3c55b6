import type { Reporter, TestModule } from 'vitest/node'

/** Tests that were left out, by file and name. */
const skippedTests = (modules: readonly TestModule[]): readonly string[] =>
  modules.flatMap((module) => [...module.children.allTests('skipped')].map(({ fullName }) => `${module.relativeModuleId}: ${fullName}`))

/** A reporter that lets a run fail when tests were skipped: what shall run against the real thing and does not would else look like success. */
class NoSkipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = skippedTests(modules)
    if (skipped.length === 0 && modules.length > 0) return
    process.stderr.write(`these tests were skipped, which counts as a failure:\n${skipped.join('\n')}\n`)
    process.exitCode = 1
  }
}

// Vitest takes a reporter by its file, and there the default export.
// biome-ignore lint/style/noDefaultExport: see above
export default NoSkipped
