import type { MaterializeResult, Store } from '@charmed-feast/store'
import type { Terminal } from './terminal.ts'

const rate = (rows: number, seconds: number): string => (seconds > 0 ? `${Math.round(rows / seconds).toLocaleString('en-US')} rows/s` : '')

/** Shows how far a run is, on a person's screen only. */
export const progressLine =
  (terminal: Terminal) => (progress: { readonly view: string; readonly rows: number; readonly seconds: number }) => {
    if (terminal.interactive)
      terminal.err(`\r${progress.view}: ${progress.rows.toLocaleString('en-US')} rows, ${rate(progress.rows, progress.seconds)}   `)
  }

const iso = (microseconds: bigint): string => new Date(Number(microseconds / 1000n)).toISOString().replace('.000Z', 'Z')

/** What a run did, a line a view. */
export const resultText = (results: readonly MaterializeResult[], store: Store): string =>
  results.length === 0
    ? `Nothing to materialize in project ${store.project}.\n`
    : results
        .map(
          ({ view, start, end, rows, skippedRows, seconds }) =>
            `${view} from ${iso(start)} to ${iso(end)}: ${rows.toLocaleString('en-US')} rows in ${seconds.toFixed(1)} s (${rate(rows, seconds)})${
              skippedRows > 0 ? `, ${skippedRows} without a key left out` : ''
            }\n`,
        )
        .join('')
