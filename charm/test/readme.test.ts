import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { expect, test } from 'vitest'

import type { Charm, CharmMetadata } from '../src/index.ts'
import { createPebbleClient } from '../src/pebble/index.ts'
import { baseModel, runCharm } from './juju.ts'

const readExample = async (folder: string): Promise<Charm<CharmMetadata, unknown>> => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const path = join(folder, 'example.ts')
  const source = new URL('../src/index.ts', import.meta.url).pathname
  // The last line would run the charm in this process.
  await writeFile(path, code.replace("'@charmed-feast/charm'", JSON.stringify(source)).replace('await run(charm)', 'void run'))
  return (await import(pathToFileURL(path).href)).charm
}

test('the example of the README is a charm that works', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'))
  try {
    const charm = await readExample(folder)
    const connectPebble = async () => createPebbleClient(join(folder, 'nobody.socket'))
    const run = await runCharm(charm, { connectPebble })
    expect({ exit: run.exit, errors: run.errors }).toEqual({ exit: 0, errors: [] })
    expect(run.context.unit.status).toEqual({ status: 'blocked', message: 'Please add the missing relation: database' })

    const [relation] = baseModel.relations
    if (relation === undefined) throw new Error('no relation')
    const ends = relation.ends.map((end) => (end.application === 'feast-ui' ? { ...end, endpoint: 'database' } : end))
    const related = await runCharm(charm, { connectPebble, model: { ...baseModel, relations: [{ ...relation, ends }] } })
    expect(related.context.unit.status).toEqual({ status: 'waiting', message: 'Waiting for Pebble to be ready.' })
    expect(related.calls.find(({ tool }) => tool === 'relation-set')?.stdin).toBe('{"database":"greetings"}\n')

    const action = await runCharm(charm, { connectPebble, hook: { kind: 'action', action: { name: 'greet', id: '1', params: {} } } })
    expect(action.context.actionResults).toEqual({ greeting: 'hello' })
  } finally {
    await rm(folder, { recursive: true })
  }
})
