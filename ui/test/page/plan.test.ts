import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Value } from '../../src/api/contract.ts'
import { diffValues } from '../../src/page/plan/diff.ts'
import { applyPatch, makePatch } from '../../src/page/plan/merge-patch.ts'
import { type Fields, readForm, readTags, writeForm } from '../../src/page/plan/object-form.ts'

const view: Fields = {
  type: 'featureView',
  spec: {
    name: 'stats',
    ttl: '86400s',
    online: true,
    description: 'How a driver did',
    tags: { team: 'risk' },
    features: [{ name: 'rate', valueType: 'FLOAT' }],
    somethingNewer: { that: ['no', 'form', 'knows'] },
  },
  meta: { createdTimestamp: '2026-11-24T00:00:00Z' },
}

describe('makePatch', () => {
  // A merge patch cannot say that a member is null, nor can Feast's JSON: nulls are left out.
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }))
  const tree = fc.letrec<{ tree: Value }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('tree'), { maxKeys: 3 })),
  })).tree
  const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tree, { maxKeys: 4 })

  test('makes one object into any other', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(applyPatch(before, makePatch(before, after))).toEqual(after)
      }),
    )
  })

  test('is empty when nothing differs', () => {
    fc.assert(
      fc.property(object, (same) => {
        expect(makePatch(same, structuredClone(same))).toEqual({})
      }),
    )
  })
})

describe('the form of an object', () => {
  test('opened and kept unchanged makes no patch: nothing that it does not know is lost', () => {
    expect(makePatch(view, writeForm('featureView', view, readForm('featureView', view)))).toEqual({})
  })

  test('changes only what was touched', () => {
    const form = { ...readForm('featureView', view), description: 'New', tags: 'team=growth\ntier=gold', online: false }
    expect(makePatch(view, writeForm('featureView', view, form))).toEqual({
      spec: { description: 'New', tags: { team: 'growth', tier: 'gold' }, online: null },
    })
  })

  test('edits a data source, which comes flat', () => {
    const source: Fields = { name: 's', type: 'CUSTOM_SOURCE', tags: { a: '1' } }
    const form = { ...readForm('dataSource', source), owner: 'ana' }
    expect(makePatch(source, writeForm('dataSource', source, form))).toEqual({ owner: 'ana' })
    expect(form.ttl).toBeNull()
  })

  test('takes a tag without a value, and one whose value holds an equals sign', () => {
    expect(readTags('pii\n query = a=b \n\n')).toEqual({ pii: '', query: 'a=b' })
  })
})

describe('diffValues', () => {
  test('compares lists of named things by name', () => {
    const before = {
      features: [
        { name: 'a', type: 'INT64' },
        { name: 'b', type: 'INT64' },
      ],
    }
    const after = {
      features: [
        { name: 'c', type: 'INT64' },
        { name: 'a', type: 'FLOAT' },
        { name: 'b', type: 'INT64' },
      ],
    }
    expect(diffValues(before, after)).toEqual([
      { path: 'features[a].type', before: 'INT64', after: 'FLOAT' },
      { path: 'features[c]', before: null, after: { name: 'c', type: 'INT64' } },
    ])
  })

  test('shows other lists and values whole', () => {
    expect(diffValues({ entities: ['x'], ttl: '1s' }, { entities: ['x', 'y'], ttl: '1s' })).toEqual([
      { path: 'entities', before: ['x'], after: ['x', 'y'] },
    ])
  })
})
