import { entriesOf, isList, isMapping, type Printable } from './go-json.ts'
import { byYamlKey } from './go-text.ts'
import { isSimpleKey, writeKey, writeScalar } from './go-yaml-scalar.ts'

/**
 * YAML as go-yaml v2.4 writes it, for what hook tools print: lists not indented, keys in its own order, long and manifold keys
 * behind a question mark (juju-tools.md §6; compared with the real one in `test/real/`).
 *
 * @example
 * formatGoYaml({ a: '007', b: ['x', 'y'] })   // 'a: "007"\nb:\n- x\n- "y"'
 */
export function formatGoYaml(value: Printable): string {
  return isBlock(value) ? writeBlock(value, 0).join('\n') : writeInline(value, 0, 0)
}

function isBlock(value: Printable): boolean {
  return isList(value) ? value.length > 0 : isMapping(value) && entriesOf(value, byYamlKey).length > 0
}

function writeInline(value: Printable, indent: number, column: number): string {
  if (isList(value)) return '[]'
  return isMapping(value) ? '{}' : writeScalar(value, { indent: indent + 2, column })
}

function writeBlock(value: Printable, indent: number): string[] {
  if (isList(value)) return value.flatMap((item) => behind('- ', item, indent))
  return isMapping(value) ? entriesOf(value, byYamlKey).flatMap(([key, item]) => writeEntry(key, item, indent)) : []
}

/** A value behind a mark of two characters; a block begins on the same line. */
function behind(mark: string, item: Printable, indent: number): string[] {
  const start = `${pad(indent)}${mark}`
  if (!isBlock(item)) return [`${start}${writeInline(item, indent, indent + 2)}`]
  const [first = '', ...rest] = writeBlock(item, indent + 2)
  return [`${start}${first.slice(indent + 2)}`, ...rest]
}

function writeEntry(key: string, item: Printable, indent: number): string[] {
  if (!isSimpleKey(key))
    return [`${pad(indent)}? ${writeScalar(key, { indent: indent + 2, column: indent + 2 })}`, ...behind(': ', item, indent)]
  const start = `${pad(indent)}${writeKey(key)}:`
  if (!isBlock(item)) return [`${start} ${writeInline(item, indent, [...start].length + 1)}`]
  return [start, ...writeBlock(item, isList(item) ? indent : indent + 2)]
}

function pad(indent: number): string {
  return ' '.repeat(indent)
}
