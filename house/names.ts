const nouns = ['utils', 'util', 'helpers', 'helper', 'common', 'misc', 'shared', 'lib']

/** `feature-view`, `feature-view.test`, `vite.config`, `store.test-d`; components of React too. */
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/

/** Names that say nothing or are not written in kebab-case, as sentences. */
export const nameProblems = (paths: readonly string[]): readonly string[] => {
  const parts = paths.flatMap((path) => {
    const names = path.replace(/\.tsx?$/, '').split('/')
    return names.map((name, index) => ({ name, path: names.slice(0, index + 1).join('/') }))
  })
  const places = new Map(parts.map(({ name, path }) => [path, name]))
  return [...places].flatMap(([path, name]) => {
    if (!kebab.test(name)) return [`${path}: "${name}" is not kebab-case`]
    const empty = name.split(/[-.]/).find((word) => nouns.includes(word) && name.split('.')[0] === word)
    return empty === undefined ? [] : [`${path}: "${empty}" is no noun of the field; a function lives in the room that owns its noun`]
  })
}
