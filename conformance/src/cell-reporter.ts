import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node'
import type { Cell } from './cell.ts'
import { matrixOf } from './matrix.ts'
import { matrixPage, matrixSummary, pageDifference } from './matrix-text.ts'

const docs = join(import.meta.dirname, '../../docs/reference')
const page = join(docs, 'compatibility.md')

/** The cells of the tests that passed: what a test noted before it failed was not compared. */
const cellsOf = (modules: readonly TestModule[]): readonly Cell[] =>
  modules.flatMap((module) => [...module.children.allTests('passed')].flatMap((test) => test.meta().cells ?? []))

/**
 * Prints what was compared with each release, cell by cell, and the sums. A whole run fails when a cell that there is was not looked at, and
 * when docs/reference/compatibility.md says something else; with `--update` it writes that page.
 */
class CellReporter implements Reporter {
  #vitest: Vitest | undefined
  #files = 0

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const vitest = this.#vitest
    if (vitest === undefined) return
    const { known, postgresVersion } = vitest.getRootProject().getProvidedContext()
    const matrix = matrixOf(known, cellsOf(modules), await readFile(join(docs, 'differences.md'), 'utf8'))
    process.stdout.write(`${matrixSummary(matrix)}\n`)
    const all = await vitest.globTestSpecifications()
    if (this.#files < all.length) {
      process.stdout.write('not all files were run: cells that nobody looked at are no failure\n')
      return
    }
    const made = matrixPage(matrix, postgresVersion)
    if (vitest.config.snapshotOptions.updateSnapshot === 'all' && matrix.problems.length === 0) await writeFile(page, made)
    const different = pageDifference(await readFile(page, 'utf8'), made)
    if (different.length > 0) process.stderr.write(`docs/reference/compatibility.md says something else:\n${different.join('\n')}\n`)
    if (different.length > 0 || matrix.problems.length > 0) process.exitCode = 1
  }
}

// Vitest takes a reporter by its file, and there the default export.
// biome-ignore lint/style/noDefaultExport: see above
export default CellReporter
