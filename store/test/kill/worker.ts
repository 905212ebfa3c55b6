import { openStore } from '../../src/index.ts'
import { type Act, perform } from './operation.ts'

/** What a worker is told: the configuration, and what to do. */
export interface Task {
  readonly yaml: string
  readonly act: Act
}

// A process that exists to be killed. It says `ready` once everything is loaded, so that its messages are those of the act alone, and at the
// end how that went.
process.on('message', async ({ yaml, act }: Task) => {
  try {
    await using store = await openStore({ env: { FEATURE_STORE_YAML_BASE64: yaml }, live: false })
    await perform(store, act)
    process.send?.('done')
  } finally {
    process.disconnect()
  }
})
process.send?.('ready')
