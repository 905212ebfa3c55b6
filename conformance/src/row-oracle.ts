import type { KeyValues, Probe, RowWorld, WorldRow } from './row-world.ts'

const sameKeys = (a: KeyValues, b: KeyValues): boolean => a.every((value, at) => value !== null && value === b[at])

/** Where a NULL among created times stands: we and Feast 0.67 say lowest, Feast 0.49 highest when it materializes. */
export type NullOrder = 'lowest' | 'highest'

const newest = (rows: readonly WorldRow[], nulls: NullOrder = 'lowest'): readonly WorldRow[] => {
  const createdOf = ({ created }: WorldRow): bigint => created ?? (nulls === 'lowest' ? -1n : 2n ** 63n)
  const best = rows.reduce<WorldRow | undefined>(
    (top, row) => (top === undefined || row.at > top.at || (row.at === top.at && createdOf(row) > createdOf(top)) ? row : top),
    undefined,
  )
  return best === undefined ? [] : rows.filter((row) => row.at === best.at && createdOf(row) === createdOf(best))
}

/** The rows that count for an entity row, by the definition of the join: all of them that are newest, so that a tie is more than one. */
export const historyOf = (
  { rows, ttl }: RowWorld,
  probe: Probe,
): { readonly newest: readonly WorldRow[]; readonly all: readonly WorldRow[] } => {
  const oldest = ttl === 0 ? undefined : probe.at - BigInt(ttl) * 1_000_000n
  const all = rows.filter((row) => sameKeys(row.keys, probe.keys) && row.at <= probe.at && (oldest === undefined || row.at >= oldest))
  return { newest: newest(all), all }
}

/** The rows that a materialization of the world's window loads for a key: more than one where they tie. */
export const loadedOf = ({ rows, window: [start, end] }: RowWorld, keys: KeyValues, nulls: NullOrder = 'lowest'): readonly WorldRow[] =>
  newest(
    rows.filter((row) => sameKeys(row.keys, keys) && row.at >= start && row.at <= end),
    nulls,
  )

/** Why Python may give something else for an entity row: what it does with separate keys, with ties, with NULL. */
export const pythonDiffers = (world: RowWorld, probe: Probe): 'collision' | 'created' | 'tie' | undefined => {
  const { newest: top, all } = historyOf(world, probe)
  const text = (keys: KeyValues): string => keys.join('')
  const isOther = (other: Probe): boolean =>
    other.at === probe.at && text(other.keys) === text(probe.keys) && other.keys.some((value, at) => value !== probe.keys[at])
  if (!probe.keys.includes(null) && world.probes.some(isOther)) return 'collision'
  if (all.some(({ created }) => created === null)) return 'created'
  return top.length > 1 ? 'tie' : undefined
}

/** The keys of a world's rows and of what is asked of it, each once, without those that have a null. */
export const wholeKeys = ({ rows, probes }: RowWorld): readonly KeyValues[] =>
  [...new Map([...rows, ...probes].map(({ keys }) => [JSON.stringify(keys), keys])).values()].filter((keys) => !keys.includes(null))
