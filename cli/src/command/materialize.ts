import { type Command, texts } from '../command.ts'
import { cliError } from '../errors.ts'
import { progressLine, resultText } from '../materialize-progress.ts'
import { openFor } from '../open.ts'
import { parseTime } from '../time.ts'

const windowOf = ([start, end]: readonly string[], everything: boolean, now: bigint) => {
  if (everything) {
    if (start !== undefined) throw cliError('CLI_ARGUMENT_INVALID', ['start', start, 'it does not go with --disable-event-timestamp'])
    return { start: 0n, end: now }
  }
  if (start === undefined || end === undefined)
    throw cliError('CLI_ARGUMENT_INVALID', ['range', start ?? '', 'give start and end, or --disable-event-timestamp'])
  return { start: parseTime(start), end: parseTime(end) }
}

/** `feast materialize`. */
export const command: Command = {
  arguments: [
    { name: '[start]', description: 'first moment, ISO 8601' },
    { name: '[end]', description: 'last moment, ISO 8601' },
  ],
  options: [
    { flags: '-v, --views <name>', description: 'only this view; repeat for more', repeated: true },
    { flags: '--disable-event-timestamp', description: 'everything there is until now, instead of a range; rows keep their times' },
  ],
  async run(terminal, { args, options, global }) {
    const views = texts(options, 'views')
    const window = windowOf(args, options.disableEventTimestamp === true, terminal.now())
    await using store = await openFor(terminal, global)
    const results = await store.materialize({
      ...window,
      ...(views.length === 0 ? {} : { views }),
      signal: terminal.signal,
      onProgress: progressLine(terminal),
    })
    terminal.out(resultText(results, store))
    return undefined
  },
}
