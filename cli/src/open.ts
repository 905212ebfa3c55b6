import type { Definition } from '@charmed-feast/store'
import { openStore, type Store } from '@charmed-feast/store'
import type { GlobalOptions } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Opens the store that the options before the command mean. Close it, or say `await using`. */
export const openFor = async (terminal: Terminal, global: GlobalOptions, definitions: readonly Definition[] = []): Promise<Store> =>
  await openStore({
    folder: global.chdir,
    env: terminal.env,
    now: terminal.now,
    definitions,
    live: false,
    warn: (message) => terminal.err(`Warning: ${message}\n`),
    ...(global.featureStoreYaml === undefined ? {} : { path: global.featureStoreYaml }),
  })
