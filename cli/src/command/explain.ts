import { type Command, text } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { formatOf, formatOptions, jsonText, tableText } from '../table.ts'
import { parseTime } from '../time.ts'

const iso = (microseconds: bigint | null | undefined): string =>
  microseconds === null || microseconds === undefined ? '' : new Date(Number(microseconds / 1000n)).toISOString()

const parseRow = (given: string): Record<string, unknown> => {
  try {
    const row: unknown = JSON.parse(given)
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return { ...row }
  } catch (cause) {
    throw cliError('CLI_ARGUMENT_INVALID', ['row', given, cause instanceof Error ? cause.message : String(cause)], { cause })
  }
  throw cliError('CLI_ARGUMENT_INVALID', ['row', given, 'it has to be an object of join keys'])
}

/** `feast explain`: ours. Why a value of history is what it is: the rows that it might have been, and the one that was chosen. */
export const command: Command = {
  arguments: [{ name: '<reference>', description: 'view:feature' }],
  options: [
    { flags: '-r, --row <json>', description: 'the join keys of one row, as a JSON object' },
    { flags: '-t, --time <time>', description: 'the event time that is asked about; now when left out' },
    ...formatOptions,
  ],
  async run(terminal, { args: [reference = ''], options, global }) {
    const time = text(options, 'time')
    const row = {
      ...parseRow(text(options, 'row') ?? '{}'),
      event_timestamp: time === undefined ? new Date(Number(terminal.now() / 1000n)) : parseTime(time),
    }
    await using store = await openFor(terminal, global)
    const set = await store.readHistorical([reference], { entityRows: [row] })
    const explanation = await set.explain(row, reference.split(':').at(-1) ?? '')
    if (formatOf(options) !== 'table') {
      terminal.out(`${jsonText(explanation)}\n`)
      return undefined
    }
    const rows = (explanation?.candidates ?? []).map(({ eventTime, createdTime, value, verdict }) => [
      iso(eventTime),
      iso(createdTime),
      value === null ? 'null' : typeof value === 'object' ? jsonText(value, 0) : String(value),
      verdict,
    ])
    terminal.out(`${explanation?.reason ?? ''}\n\n${tableText(['EVENT TIME', 'CREATED', 'VALUE', 'VERDICT'], rows)}`)
    return undefined
  },
}
