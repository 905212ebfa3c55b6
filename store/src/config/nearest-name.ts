/** Levenshtein's distance: how many letters must be put in, taken out or changed. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/**
 * The known name that was probably meant, or undefined when none is near: up to a third of the letters may differ, two at least; or one that begins with it.
 *
 * @example
 * nearestName('pasword', ['user', 'password']) // 'password'
 */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  const longer = [...known].find((each) => name.length > 3 && each.startsWith(name))
  if (longer !== undefined) return longer
  let nearest: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const each of known) {
    const far = distance(name.toLowerCase(), each.toLowerCase())
    if (far < least) {
      nearest = each
      least = far
    }
  }
  return nearest
}
