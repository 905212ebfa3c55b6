/** What is searched for in Feast's way. */
export interface Searched {
  readonly name: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
}

/** How well a thing matches, and which of its tags do. */
export interface Score {
  /** 100 a part of the name, 80 of the description, 60 of a tag, else how alike; `undefined` where nothing was searched for. */
  readonly score: number | undefined
  readonly tags: Readonly<Record<string, string>>
}

/** Feast's threshold of likeness. */
const alike = 0.75

/** Feast's measure: the characters that two texts share, of all that they have. */
const likeness = (query: string, text: string): number => {
  if (query === '' || text === '') return 0
  const [a, b] = [new Set(query), new Set(text)]
  const shared = [...a].filter((letter) => b.has(letter)).length
  return shared / (a.size + b.size - shared)
}

const scoreOf = (query: string, thing: Searched, exact: boolean, best: number): number | undefined => {
  if (thing.name.toLowerCase().includes(query)) return 100
  if (thing.description.toLowerCase().includes(query)) return 80
  if (exact) return 60
  if (best >= alike) return best * 100
  const name = likeness(query, thing.name.toLowerCase())
  return name >= alike ? name * 100 : undefined
}

/**
 * Scores as Feast 0.67's `/search` does; `undefined` for what does not match.
 *
 * @example
 * feastScore('driver', { name: 'driver_stats', description: '', tags: {} })?.score // 100
 */
export const feastScore = (text: string, thing: Searched): Score | undefined => {
  if (text === '') return { score: undefined, tags: thing.tags }
  const query = text.toLowerCase()
  const scored = Object.entries(thing.tags).map(([key, value]) => {
    const tag = `${key.toLowerCase()}=${value.toLowerCase()}`
    const exact = tag.includes(query)
    return { key, value, exact, likeness: exact ? 0 : likeness(query, tag) }
  })
  const matching = scored.filter((tag) => tag.exact || tag.likeness >= alike)
  const score = scoreOf(
    query,
    thing,
    matching.some(({ exact }) => exact),
    Math.max(0, ...matching.map((tag) => tag.likeness)),
  )
  return score === undefined ? undefined : { score, tags: Object.fromEntries(matching.map(({ key, value }) => [key, value])) }
}
