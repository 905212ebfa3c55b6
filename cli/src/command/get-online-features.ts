import { type Command, texts } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { jsonText } from '../table.ts'

const parsePair = (pair: string): readonly [string, string] => {
  const at = pair.indexOf('=')
  if (at < 1) throw cliError('CLI_ARGUMENT_INVALID', ['entity', pair, 'it has to read key=value'])
  return [pair.slice(0, at), pair.slice(at + 1)]
}

/** Digits are whole numbers, as Python's command line takes them; a text key takes them as well. */
const typed = (value: string): bigint | string => (/^-?\d{1,18}$/.test(value) ? BigInt(value) : value)

/** `feast get-online-features`. A key that is given several times makes several rows. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '-e, --entities <key=value...>', description: 'a join key and its value; repeat for more rows' },
    { flags: '-f, --features <view:feature...>', description: 'what to read' },
    { flags: '-s, --feature-service <name>', description: 'read what a service lists' },
    { flags: '--full-feature-names', description: 'name features view__feature' },
  ],
  async run(terminal, { options, global }) {
    const columns = Map.groupBy(texts(options, 'entities').map(parsePair), ([key]) => key)
    const service = options.featureService
    await using store = await openFor(terminal, global)
    const features = typeof service === 'string' ? await store.service(service) : texts(options, 'features')
    const vectors = await store.readOnline(
      features,
      { columns: Object.fromEntries([...columns].map(([key, pairs]) => [key, pairs.map(([, value]) => typed(value))])) },
      { fullFeatureNames: options.fullFeatureNames === true },
    )
    terminal.out(
      `${jsonText(Object.fromEntries(Object.entries(vectors.columns).map(([name, values]) => [name, Array.from(values)])), 4)}\n`,
    )
    return undefined
  },
}
