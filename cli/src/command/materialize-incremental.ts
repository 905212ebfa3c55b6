import { type Command, texts } from '../command.ts'
import { progressLine, resultText } from '../materialize-progress.ts'
import { openFor } from '../open.ts'
import { parseTime } from '../time.ts'

/** `feast materialize-incremental`. */
export const command: Command = {
  arguments: [{ name: '<end>', description: 'last moment, ISO 8601' }],
  options: [{ flags: '-v, --views <name>', description: 'only this view; repeat for more', repeated: true }],
  async run(terminal, { args: [end = ''], options, global }) {
    const views = texts(options, 'views')
    const last = parseTime(end)
    await using store = await openFor(terminal, global)
    const results = await store.materializeIncremental({
      end: last,
      ...(views.length === 0 ? {} : { views }),
      signal: terminal.signal,
      onProgress: progressLine(terminal),
    })
    terminal.out(resultText(results, store))
    return undefined
  },
}
