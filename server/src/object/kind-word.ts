import type { KindName } from '@charmed-feast/store'

/** A kind as Feast's `type` members and the pages spell it: `featureView`. */
export const kindWord = (kind: KindName): string => kind.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The kind of a word of {@link kindWord}, among some. */
export const kindOfWord = (word: string, among: readonly KindName[]): KindName | undefined => among.find((kind) => kindWord(kind) === word)
