import type { Subject } from '../object/match.ts'

/** The field that matched best, and where: UTF-16 offsets into its text. */
export interface Highlight {
  readonly field: 'name' | 'description' | 'tag' | 'owner' | 'type' | 'joinKey' | null
  readonly text: string
  readonly ranges: readonly (readonly [number, number])[]
  /** 100 the whole name, 95 its beginning, 90 a part of it; 80 description, 60 tags, 50 the rest. */
  readonly score: number
}

const rangesIn = (text: string, words: readonly string[]): readonly (readonly [number, number])[] =>
  words.flatMap((word): readonly (readonly [number, number])[] => {
    const at = text.toLowerCase().indexOf(word.toLowerCase())
    return at < 0 || word === '' ? [] : [[at, at + word.length]]
  })

const nameScore = (name: string, words: readonly string[]): number => {
  const lower = name.toLowerCase()
  if (words.some((word) => lower === word.toLowerCase())) return 100
  return words.some((word) => lower.startsWith(word.toLowerCase())) ? 95 : 90
}

/** Where words are found in a subject, the most telling field first. */
export const highlightOf = (subject: Subject, words: readonly string[]): Highlight => {
  const fields: readonly (readonly [Highlight['field'], string, number])[] = [
    ['name', subject.name, nameScore(subject.name, words)],
    ['description', subject.description, 80],
    ...Object.entries(subject.tags).map(([key, value]) => ['tag', `${key}=${value}`, 60] as const),
    ['owner', subject.owner, 50],
    ...subject.types.map((type) => ['type', type, 50] as const),
    ...subject.joinKeys.map((key) => ['joinKey', key, 50] as const),
  ]
  for (const [field, text, score] of fields) {
    const ranges = rangesIn(text, words)
    if (ranges.length > 0) return { field, text, ranges, score }
  }
  return { field: null, text: '', ranges: [], score: 0 }
}
