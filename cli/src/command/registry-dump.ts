import { snapshotJson } from '@charmed-feast/store'
import type { Command } from '../command.ts'
import { openFor } from '../open.ts'

/** `feast registry-dump`. */
export const command: Command = {
  arguments: [],
  options: [],
  async run(terminal, { global }) {
    await using store = await openFor(terminal, global)
    terminal.out(`${JSON.stringify(snapshotJson(await store.snapshot(), store.project), undefined, 2)}\n`)
    return undefined
  },
}
