/** A value of Terraform's language, as far as our modules use it: a text, a map, or an expression as it stands. */
export type HclValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'map'; readonly entries: Readonly<Record<string, HclValue>> }
  | { readonly kind: 'expression'; readonly source: string }

/** A block: `resource "juju_application" "feast_ui" { … }`. */
export interface HclBlock {
  readonly type: string
  readonly labels: readonly string[]
  readonly attributes: Readonly<Record<string, HclValue>>
  readonly blocks: readonly HclBlock[]
}

interface Lines {
  readonly lines: readonly string[]
  at: number
}

const name = '[A-Za-z_][A-Za-z0-9_-]*'
const header = new RegExp(`^(${name})((?: "[^"]*")*) \\{$`)
const attribute = new RegExp(`^(${name}) += (.+)$`)

const parseValue = (source: string, file: Lines): HclValue => {
  if (source === '{}') return { kind: 'map', entries: {} }
  if (source === '{') return { kind: 'map', entries: parseBody(file).attributes }
  const [, text] = /^"((?:[^"\\$]|\\.)*)"$/.exec(source) ?? []
  if (text !== undefined) return { kind: 'text', text }
  if (/[{]$/.test(source)) throw new Error(`cannot read "${source}": this is more than our modules need`)
  return { kind: 'expression', source }
}

const parseBody = (file: Lines): Pick<HclBlock, 'attributes' | 'blocks'> => {
  const attributes: Record<string, HclValue> = {}
  const blocks: HclBlock[] = []
  while (file.at < file.lines.length) {
    const line = (file.lines[file.at] ?? '').trim()
    file.at += 1
    if (line === '' || line.startsWith('#')) continue
    if (line === '}') return { attributes, blocks }
    const [, type, labels = ''] = header.exec(line) ?? []
    const [, key, source] = attribute.exec(line) ?? []
    if (key !== undefined && source !== undefined) attributes[key] = parseValue(source, file)
    else if (type !== undefined)
      blocks.push({ type, labels: [...labels.matchAll(/"([^"]*)"/g)].map(([, label = '']) => label), ...parseBody(file) })
    else throw new Error(`cannot read line ${file.at}: "${line}"`)
  }
  return { attributes, blocks }
}

/**
 * Reads a file of Terraform. It knows what our modules need and refuses everything else, for a provider to ask is not to be had in the tests.
 *
 * @throws {Error} on a line that it does not know, and on braces that do not match.
 *
 * @example
 * parseHcl('variable "model" {\n  type = string\n}\n')[0]?.labels   // ['model']
 */
export const parseHcl = (text: string): readonly HclBlock[] => {
  const opened = text.match(/\{/g)?.length ?? 0
  const closed = text.match(/\}/g)?.length ?? 0
  if (opened !== closed) throw new Error(`cannot read a file with ${opened} braces that open and ${closed} that close`)
  return parseBody({ lines: text.split('\n'), at: 0 }).blocks
}

/**
 * The lines that `terraform fmt` would write otherwise: indented by two for each brace, `=` of neighbours in one column.
 *
 * @example
 * findUnformatted('a {\n b = 1\n}\n')   // ['2:  b = 1']
 */
export const findUnformatted = (text: string): readonly string[] => {
  const lines = text.split('\n')
  let depth = 0
  return lines.flatMap((line, index) => {
    const closes = line.trim().startsWith('}')
    const indent = '  '.repeat(depth - (closes ? 1 : 0))
    depth += (line.match(/\{/g)?.length ?? 0) - (line.match(/\}/g)?.length ?? 0)
    const isIndented = line === '' || (line.startsWith(indent) && line[indent.length] !== ' ')
    const neighbours = [lines[index - 1] ?? '', lines[index + 1] ?? '']
    const column = line.indexOf(' = ')
    const isAttribute = (each: string): boolean =>
      each.startsWith(indent) && new RegExp(`^ *${name} += [^{]`).test(each) && each[indent.length] !== ' '
    const isAligned = !isAttribute(line) || neighbours.filter(isAttribute).every((each) => each.indexOf(' = ') === column)
    return isIndented && isAligned && line === line.trimEnd() ? [] : [`${index + 1}: ${line}`]
  })
}
