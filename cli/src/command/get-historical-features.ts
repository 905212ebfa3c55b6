import { type Command, text, texts } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { jsonText } from '../table.ts'
import { parseTime } from '../time.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const parseRows = (given: string): readonly Record<string, unknown>[] => {
  let rows: unknown
  try {
    rows = JSON.parse(given)
  } catch (cause) {
    throw cliError('CLI_ARGUMENT_INVALID', ['entity rows', given, cause instanceof Error ? cause.message : String(cause)], { cause })
  }
  if (!Array.isArray(rows) || !rows.every(isRecord))
    throw cliError('CLI_ARGUMENT_INVALID', ['entity rows', given, 'it has to be a list of objects'])
  return rows
}

const microseconds = (time: string): bigint => BigInt(parseTime(time).getTime()) * 1000n

/** `feast get-historical-features`. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '-d, --dataframe <json>', description: 'entity rows: a JSON list of objects with an event_timestamp each' },
    { flags: '-f, --features <view:feature...>', description: 'what to read' },
    { flags: '-S, --feature-service <name>', description: 'read what a service lists' },
    {
      flags: '-s, --start-date <time>',
      description: 'without entity rows: first moment; when left out, as long before the last as the longest ttl',
    },
    { flags: '-e, --end-date <time>', description: 'without entity rows: last moment; now when left out' },
    { flags: '--full-feature-names', description: 'name features view__feature' },
  ],
  async run(terminal, { options, global }) {
    const [rows, start, end, service] = [
      text(options, 'dataframe'),
      text(options, 'startDate'),
      text(options, 'endDate'),
      text(options, 'featureService'),
    ]
    if ((rows === undefined) === (start === undefined && end === undefined))
      throw cliError('CLI_ARGUMENT_INVALID', ['entity rows', rows ?? '', 'give either --dataframe, or --start-date or --end-date or both'])
    const wanted =
      rows === undefined
        ? {
            ...(start === undefined ? {} : { start: microseconds(start) }),
            ...(end === undefined ? {} : { end: microseconds(end) }),
          }
        : { entityRows: parseRows(rows) }
    await using store = await openFor(terminal, global)
    const features = service === undefined ? texts(options, 'features') : await store.service(service)
    const set = await store.readHistorical(features, wanted, { fullFeatureNames: options.fullFeatureNames === true })
    const records: unknown[] = []
    for await (const row of set) records.push(row)
    terminal.out(`${jsonText(records)}\n`)
    return undefined
  },
}
