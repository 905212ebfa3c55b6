import { expect, test } from 'vitest'
import { nameProblems } from '../names.ts'
import { readSources } from '../tree.ts'

test('every file and folder has a name that says something', async () => {
  expect(nameProblems((await readSources()).map(({ path }) => path))).toEqual([])
})

test.each([
  ['store/src/featureView.ts', 'store/src/featureView: "featureView" is not kebab-case'],
  ['ui/src/page/Home.tsx', 'ui/src/page/Home: "Home" is not kebab-case'],
  ['store/src/feature_view.ts', 'store/src/feature_view: "feature_view" is not kebab-case'],
  ['store/src/Registry/sql.ts', 'store/src/Registry: "Registry" is not kebab-case'],
  ['store/src/utils.ts', 'store/src/utils: "utils" is no noun of the field; a function lives in the room that owns its noun'],
  ['cli/src/common/table.ts', 'cli/src/common: "common" is no noun of the field; a function lives in the room that owns its noun'],
  ['cli/test/helpers.test.ts', 'cli/test/helpers.test: "helpers" is no noun of the field; a function lives in the room that owns its noun'],
  ['charm/src/misc.ts', 'charm/src/misc: "misc" is no noun of the field; a function lives in the room that owns its noun'],
])('%s is found', (path, problem) => {
  expect(nameProblems([path])).toEqual([problem])
})

test('ordinary names are no problem', () => {
  const paths = [
    'store/src/feature-view.ts',
    'cli/test/open.test.ts',
    'ui/vite.config.ts',
    'store/test/types/rows.test-d.ts',
    'store/src/shared-lock.ts',
  ]
  expect(nameProblems(paths)).toEqual([])
})
