import { fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Definition } from '@charmed-feast/store'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definedObject, definitionOf } from '../../store/src/message/definition.ts'
import { type Kind, type KindName, kinds, type RegistryMessage } from '../../store/src/registry/kind.ts'
import { type World, worlds } from '../src/definition-arbitrary.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

/** How many repositories are made up for each release; the seed is printed, and `SEED=` brings it back. */
const repositories = 60
const seed = Number(process.env.SEED ?? '20261129')

/** Which attributes a release changes, by kind, each with why: all others have to come back as they were. */
const deviations: Readonly<Record<FeastVersion, Readonly<Record<string, string>>>> = {
  '0.49.0': {
    'data-source.timestampField': 'a push source says its times through its batch source alone',
    'data-source.createdTimestampColumn': 'the same',
    'data-source.fieldMapping': 'the same',
    'on-demand-feature-view.fields':
      'words and tags of computed fields are lost, and with the tags what is inside structs and nested lists',
    'stream-feature-view.fields order': 'kept in a set',
    'permission.tags': 'blanks at either end are cut off',
    'validation-reference.profiler': 'functions are pickled anew',
  },
  '0.67.0': {
    'on-demand-feature-view.fields':
      'words and tags of computed fields are lost, and with the tags what is inside structs and nested lists',
    'stream-feature-view.fields order': 'kept in a set',
    'permission.tags': 'blanks at either end are cut off',
    'validation-reference.profiler': 'functions are pickled anew',
  },
}

/** A definition as plain data: without functions, and without what only asks (references, picked features). */
const plain = (definition: Definition): Readonly<Record<string, unknown>> => {
  const asked = new Set(['features', 'pick', 'schema', 'transform'])
  if (!('of' in definition) && definition.kind !== 'feature-service') asked.delete('features')
  const entries = Object.entries(definition).filter(([key]) => !asked.has(key))
  const shown = 'transform' in definition && definition.transform.mode === 'stored' ? [['code', definition.transform.stored]] : []
  return JSON.parse(
    JSON.stringify(Object.fromEntries([...entries, ...shown]), (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
      if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'of' in value && 'withName' in value)
        return {
          name: Reflect.get(value, 'name'),
          of: value.of,
          joinKeyMap: Reflect.get(value, 'joinKeyMap'),
          fields: Reflect.get(value, 'fields'),
        }
      // Keys of a map come in any order.
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)))
        : value
    }),
  )
}

/** A list as text, whatever its order. */
const sortedText = (value: unknown): string =>
  Array.isArray(value)
    ? value
        .map((each) => JSON.stringify(each))
        .toSorted()
        .join()
    : JSON.stringify(value)

interface Sent {
  readonly world: World
  readonly kind: KindName
  readonly name: string
  readonly bytes: Uint8Array
}

const sentOf = (world: World): readonly Sent[] =>
  world.definitions.map((definition) => {
    const { kind, name, message } = definedObject(definition, 'demo', (wanted) => world.views.find((view) => view.name === wanted))
    const { schema }: Kind = kinds[kind]
    return { world, kind, name, bytes: toBinary(schema, message) }
  })

const readBack = ({ world, kind }: Sent, bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const { schema }: Kind = kinds[kind]
  // The schema of a kind makes the messages of that kind.
  const message = fromBinary(schema, bytes) as RegistryMessage
  return plain(definitionOf(kind, message as never, (name) => world.entities.find((entity) => entity.name === name)))
}

describe.each(feastVersions)('definitions made up, read and written again by Feast %s', (version) => {
  test('are what they were, attribute by attribute, but for the ones that are named', async () => {
    const sent = fc.sample(worlds(version), { numRuns: repositories, seed }).flatMap(sentOf)
    const definitions = sent.map(({ kind, bytes }) => ({ kind, bytes: Buffer.from(bytes).toString('base64') }))
    const answers = await runPythonFile(version, 'rewrite.py', { input: { definitions } })
    if (!Array.isArray(answers)) throw new Error('rewrite.py gave no list')
    const tested = new Map<string, number>()
    const changed = new Map<string, string>()
    for (const [at, each] of sent.entries()) {
      const { bytes, error } = Object(answers[at])
      if (error !== undefined) {
        changed.set(`${each.kind} unreadable`, String(error))
        continue
      }
      const before = readBack(each, each.bytes)
      const after = readBack(each, Buffer.from(bytes, 'base64'))
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        const cell = `${each.kind}.${key}`
        tested.set(cell, (tested.get(cell) ?? 0) + 1)
        const [was, is] = [JSON.stringify(before[key]), JSON.stringify(after[key])]
        if (was === is) continue
        const what = sortedText(before[key]) === sortedText(after[key]) ? `${cell} order` : cell
        if (!changed.has(what)) changed.set(what, `${was} became ${is}`)
      }
    }
    const cells = [...tested.values()].reduce((sum, count) => sum + count, 0)
    process.stdout.write(
      `definitions beside Feast ${version}: ${sent.length} of ${new Set(sent.map(({ kind }) => kind)).size} kinds, ${cells} attributes in ${tested.size} cells; tested ${tested.size - changed.size}, deviating ${changed.size} (${[...changed.keys()].join(', ')}), impossible ${version === '0.49.0' ? 1 : 0}; seed ${seed}\n`,
    )
    expect(Object.fromEntries([...changed].filter(([cell]) => !(cell in deviations[version])))).toEqual({})
    // What does not deviate any more is to be taken off the list.
    expect(Object.keys(deviations[version]).filter((cell) => !changed.has(cell))).toEqual([])
  })
})
