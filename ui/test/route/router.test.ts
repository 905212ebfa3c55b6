import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBase } from '../../src/route/base.ts'
import { featurePath, objectPath, withQuery } from '../../src/route/path.ts'
import { matchPath } from '../../src/route/router.ts'

describe('readBase', () => {
  test.each([
    ['https://x/feast/', true, '/feast/'],
    ['https://x/feast/p/fraud', true, '/feast/p/'],
    ['https://x/a/b/', true, '/a/b/'],
    ['https://x/feast/p/fraud/entity/y', false, '/feast/'],
    ['https://x/', false, '/'],
    ['https://x/a/b/', false, '/a/b/'],
    ['https://x/a/b/index.html?x#y', false, '/a/b/'],
  ])('finds the prefix of %s (with a base element: %s)', (address, hasBase, path) => {
    expect(readBase(address, hasBase).pathname).toBe(path)
  })
})

describe('matchPath', () => {
  test('decodes each segment once, so that a name may hold a slash or a percent sign', () => {
    const names = fc.string({ minLength: 1 }).filter((name) => name !== '.' && name !== '..')
    fc.assert(
      fc.property(names, names, (project, name) => {
        const path = objectPath(project, 'entity', name)
        expect(matchPath('/p/:project/entity/:name/:tab?', path)).toEqual({ project, name })
      }),
    )
  })

  test('takes an optional segment or leaves it', () => {
    expect(matchPath('/p/:project/entity/:name/:tab?', '/p/a/entity/b/lineage')).toEqual({ project: 'a', name: 'b', tab: 'lineage' })
    expect(matchPath('/p/:project/entity/:name/:tab?', '/p/a/entity')).toBeNull()
    expect(matchPath('/p/:project', '/p/a/b')).toBeNull()
  })

  test('takes the rest', () => {
    expect(matchPath('/p/:project/*', '/p/a/b/c')).toEqual({ project: 'a', '*': 'b/c' })
    expect(matchPath('/p/:project/*', '/p/a')).toEqual({ project: 'a', '*': '' })
  })
})

test('links are those of Feast’s own UI', () => {
  expect(objectPath('fraud', 'featureView', 'driver_stats')).toBe('/p/fraud/feature-view/driver_stats')
  expect(objectPath('fraud', 'onDemandFeatureView', 'fare', 'lineage')).toBe('/p/fraud/feature-view/fare/lineage')
  expect(objectPath('fraud', 'feature', 'stats:rate:x')).toBe('/p/fraud/feature-view/stats/feature/rate%3Ax')
  expect(featurePath('a b', 'v', 'f')).toBe('/p/a%20b/feature-view/v/feature/f')
  expect(withQuery('/x', { q: '', a: ['1', '2'] })).toBe('/x?a=1&a=2')
})
