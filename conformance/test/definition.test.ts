import { fromBinary, toBinary } from '@bufbuild/protobuf'
import type { Definition, ValueTypeName } from '@charmed-feast/store'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { definedObject, definitionOf } from '../../store/src/message/definition.ts'
import { type Kind, type KindName, kinds, type RegistryMessage } from '../../store/src/registry/kind.ts'
import { deviating, tested } from '../src/cell-note.ts'
import { type World, worlds } from '../src/definition-arbitrary.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

/** How many repositories are made up for each release; the seed is printed, and `SEED=` brings it back. */
const repositories = 60
const seed = Number(process.env.SEED ?? '20261129')

/** The words of a row of docs/reference/differences.md, by the attribute that a release changes. All others have to come back as they were. */
const lost = 'Descriptions and tags of computed fields are lost'
const common = {
  'on-demand-feature-view.fields': lost,
  'stream-feature-view.fields order': 'The features of a stream feature view come back in any order.',
  'permission.tags': 'Blanks at either end of the tags of a permission are cut off.',
  'validation-reference.profiler': 'The profiler of a validation reference is pickled anew',
} as const
const pushTimes = 'A push source keeps no times of its own.'

const deviations: Readonly<Record<FeastVersion, Readonly<Record<string, string>>>> = {
  '0.49.0': {
    ...common,
    'data-source.timestampField': pushTimes,
    'data-source.createdTimestampColumn': pushTimes,
    'data-source.fieldMapping': pushTimes,
  },
  '0.67.0': common,
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
  /** The types of its fields, of those that a release keeps as they are. */
  readonly types: readonly ValueTypeName[]
}

const sentOf = (world: World): readonly Sent[] =>
  world.definitions.map((definition) => {
    const { kind, name, message } = definedObject(definition, 'demo', (wanted) => world.views.find((view) => view.name === wanted))
    const { schema }: Kind = kinds[kind]
    const fields = 'fields' in definition && definition.kind !== 'on-demand-feature-view' ? definition.fields : []
    return { world, kind, name, bytes: toBinary(schema, message), types: fields.map(({ type }) => type.name) }
  })

const readBack = ({ world, kind }: Sent, bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const { schema }: Kind = kinds[kind]
  // The schema of a kind makes the messages of that kind.
  const message = fromBinary(schema, bytes) as RegistryMessage
  return plain(definitionOf(kind, message as never, (name) => world.entities.find((entity) => entity.name === name)))
}

describe.each(feastVersions)('definitions made up, read and written again by Feast %s', (version) => {
  test('are what they were, attribute by attribute, but for the ones that are named', async () => {
    const sent = fc.sample(worlds(version, inject('known')[version]), { numRuns: repositories, seed }).flatMap(sentOf)
    const definitions = sent.map(({ kind, bytes }) => ({ kind, bytes: Buffer.from(bytes).toString('base64') }))
    const answers = await runPythonFile(version, 'rewrite.py', { input: { definitions } })
    if (!Array.isArray(answers)) throw new Error('rewrite.py gave no list')
    const compared = new Set<string>()
    const changed = new Map<string, { readonly kind: KindName; readonly how: string }>()
    for (const [at, each] of sent.entries()) {
      const { bytes, error } = Object(answers[at])
      if (error !== undefined) {
        changed.set(`${each.kind} unreadable`, { kind: each.kind, how: String(error) })
        continue
      }
      const before = readBack(each, each.bytes)
      const after = readBack(each, Buffer.from(bytes, 'base64'))
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        const cell = `${each.kind}.${key}`
        compared.add(cell)
        const [was, is] = [JSON.stringify(before[key]), JSON.stringify(after[key])]
        if (was === is) continue
        const what = sortedText(before[key]) === sortedText(after[key]) ? `${cell} order` : cell
        if (!changed.has(what)) changed.set(what, { kind: each.kind, how: `${was} became ${is}` })
      }
    }
    process.stdout.write(`definitions beside Feast ${version}: ${sent.length}, ${compared.size} attributes of kinds; seed ${seed}\n`)
    expect(Object.fromEntries([...changed].filter(([cell]) => !(cell in deviations[version])))).toEqual({})
    // What does not deviate any more is to be taken off the list.
    expect(Object.keys(deviations[version]).filter((cell) => !changed.has(cell))).toEqual([])
    for (const { kind, types } of sent) {
      tested({ version, kind, check: 'made_up' }, { objects: 1 })
      for (const type of types) tested({ version, type, check: 'field' }, { objects: 1 })
    }
    for (const [cell, { kind }] of changed) deviating({ version, kind, check: 'made_up' }, deviations[version][cell] ?? '')
  })
})
