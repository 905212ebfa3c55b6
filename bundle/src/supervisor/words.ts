/**
 * The words of a command, as Pebble takes them apart: blanks part, quotes and backslashes hold together. Words in brackets at the end are
 * default arguments and belong to the command.
 *
 * @example
 * splitCommand(`sh -c 'echo "a b"' [ --more ]`)   // ['sh', '-c', 'echo "a b"', '--more']
 */
export const splitCommand = (command: string): readonly string[] => {
  const words = [...command.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs)].map(([word]) => unquote(word))
  return words.filter((word) => word !== '[' && word !== ']')
}

const unquote = (word: string): string =>
  word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/gs, (_, double?: string, single?: string, escaped?: string) =>
    double === undefined ? (single ?? escaped ?? '') : double.replace(/\\(["\\$`\n])/g, '$1'),
  )
