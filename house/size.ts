import { isProduct, type SourceFile } from './tree.ts'

/** A file of the product that is longer wants a reason. */
const longWithoutReason = 300
/** No file is longer, with a reason or without one. */
const longest = 500

const lineCount = ({ text }: SourceFile): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)

/** The middle one of the lengths of all files of the product; 0 where none is. */
export const medianLength = (files: readonly SourceFile[]): number => {
  const lengths = files
    .filter(({ path }) => isProduct(path))
    .map(lineCount)
    .sort((a, b) => a - b)
  return lengths[Math.floor(lengths.length / 2)] ?? 0
}

/** Files that are too long, and reasons that nothing needs any more, as sentences. Tests are held to the last limit only. */
export const sizeProblems = (files: readonly SourceFile[], reasons: Readonly<Record<string, string>>): readonly string[] => {
  const lengths = new Map(files.map((file) => [file.path, lineCount(file)]))
  const long = [...lengths].flatMap(([path, lines]) => {
    if (lines > longest) return [`${path} has ${lines} lines: split it by noun; no file has more than ${longest}`]
    if (lines > longWithoutReason && isProduct(path) && !(path in reasons)) {
      return [`${path} has ${lines} lines: split it by noun, or give the reason in house/test/size.test.ts`]
    }
    return []
  })
  const stale = Object.keys(reasons).filter((path) => (lengths.get(path) ?? 0) <= longWithoutReason)
  return [...long, ...stale.map((path) => `${path} needs no reason any more: take it out of house/test/size.test.ts`)]
}
