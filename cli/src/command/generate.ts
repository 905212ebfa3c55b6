import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Definition, KindName } from '@charmed-feast/store'
import { type Command, text } from '../command.ts'
import { moduleText } from '../module-text.ts'
import { openFor } from '../open.ts'

const kinds: readonly KindName[] = [
  'entity',
  'data-source',
  'feature-view',
  'stream-feature-view',
  'on-demand-feature-view',
  'label-view',
  'feature-service',
]

/** `feast generate`: ours. What a registry holds, Python's included, as a module that types what is asked for. */
export const command: Command = {
  arguments: [],
  options: [{ flags: '-o, --output <file>', description: 'write here instead of printing' }],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    const definitions: Definition[] = []
    for (const kind of kinds) definitions.push(...(await store.list(kind)))
    const written = moduleText(store.project, definitions)
    const output = text(options, 'output')
    if (output === undefined) terminal.out(written)
    else await writeFile(resolve(global.chdir, output), written)
    return undefined
  },
}
