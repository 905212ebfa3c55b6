/** Names and values as literals of each language. Names of objects may hold any character; a snippet must stay one statement. */

const unsafe = /[\u2028\u2029\u007f-\u009f]/g

/** A string literal of TypeScript; JSON's is one, line separators escaped. */
export function quoteTypescript(text: string): string {
  const json = JSON.stringify(text).replaceAll(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** A string literal of Python: JSON's escapes are Python's. */
export function quotePython(text: string): string {
  return JSON.stringify(text).replaceAll(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** One word of a POSIX shell. */
export function quoteShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
