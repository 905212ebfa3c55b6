/** The rows of the table below a heading, each cell trimmed; the table's head is left out. */
export const tableBelow = (page: string, heading: string): readonly (readonly string[])[] => {
  const [, section = ''] = page.split(new RegExp(`^## ${heading}$`, 'm'))
  const lines = (section.split(/^## /m)[0] ?? '').split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

/** A cell's text without the marks of code. */
export const plain = (cell = ''): string => cell.replace(/^`|`$/g, '')

const literal = /(?:blocked|waiting|maintenance)\(\s*(?:oneLine\(\s*)?(["'`])((?:(?!\1)[\s\S])*)\1/g

/**
 * The messages of statuses that stand in a source, each with `…` for what is put in.
 *
 * @example
 * statusMessages('blocked(`Please add the missing relation: ${endpoint}`)')   // ['Please add the missing relation: …']
 */
export const statusMessages = (source: string): readonly string[] =>
  [...source.matchAll(literal)].map(([, , text = '']) => text.replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…'))

/** The parts of a message between what is put in, long enough to be known again. */
export const fragmentsOf = (message: string): readonly string[] =>
  message
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part.length >= 6)
