import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPebbleClient } from '@charmed-feast/charm/pebble'
import { testPebble } from '../../../charm/test/pebble/conformance.ts'
import { Guardian } from '../../src/supervisor/guardian.ts'
import { startSupervisor } from '../../src/supervisor/supervisor.ts'

// The same tests that Pebble itself passes (charm/test/real/pebble.real.test.ts).
testPebble(async (environment) => {
  const folder = await mkdtemp(join(tmpdir(), 'sup-'))
  const guardian = new Guardian()
  const socketPath = join(folder, 'pebble.socket')
  const start = () => startSupervisor({ socketPath, guardian, place: { root: '/', address: '127.0.0.1', programs: {}, environment } })
  let supervisor = await start()
  return {
    client: createPebbleClient(socketPath),
    folder,
    restart: async () => {
      await supervisor.stop()
      supervisor = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await supervisor.stop()
      await guardian[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
})
