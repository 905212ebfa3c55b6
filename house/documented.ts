import { posix } from 'node:path'
import type { SourceFile } from './tree.ts'

/** A name that a file gives to the outside, and the file that it comes from when it is handed on. */
export interface Exported {
  readonly name: string
  readonly from?: string
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')

const keyword = String.raw`(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type|enum)`

/** The names that a package's edge gives, one by one: those that it hands on, and its own. */
export const readExported = (text: string): readonly Exported[] => {
  const code = withoutComments(text)
  const handed = [...code.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g)].flatMap(([, names = '', from = '']) =>
    names
      .split(',')
      .map((name) =>
        name
          .trim()
          .replace(/^type\s+/, '')
          .replace(/\s+as\s+.*$/, ''),
      )
      .filter((name) => name !== '')
      .map((name) => ({ name, from })),
  )
  const own = [...code.matchAll(new RegExp(String.raw`^export\s+${keyword}\s+([\w$]+)`, 'gm'))].map(([, name = '']) => ({ name }))
  return [...handed, ...own]
}

/** Whether a declaration has a doc comment right before it; undefined where the file does not declare the name. */
export const isDocumented = (text: string, name: string): boolean | undefined => {
  const declaration = new RegExp(String.raw`^(?:export\s+)?${keyword}\s+${name.replace('$', String.raw`\$`)}(?![\w$])`, 'm').exec(text)
  if (declaration === null) return undefined
  const before = text.slice(0, declaration.index).trimEnd()
  if (!before.endsWith('*/')) return false
  const comment = before.slice(before.lastIndexOf('/*'))
  return comment.startsWith('/**') && /[A-Za-z]{3}/.test(comment)
}

const problemOf = (files: ReadonlyMap<string, string>, edge: string, path: string, { name, from }: Exported): string | undefined => {
  const source = from === undefined ? path : posix.join(posix.dirname(path), from)
  const text = files.get(source)
  if (text === undefined) return from?.startsWith('.') === true ? `${edge} exports ${name}: ${source} is not there` : undefined
  const documented = isDocumented(text, name)
  if (documented !== undefined) return documented ? undefined : `${source}: ${name} is public (${edge}) and has no doc comment`
  const handed = readExported(text).find((each) => each.name === name && each.from !== undefined)
  if (handed !== undefined) return problemOf(files, edge, source, handed)
  return `${edge} exports ${name}: ${source} does not declare it`
}

/** Public names without a doc comment, as sentences. `edges` are the files that packages let others import. */
export const documentationProblems = (files: readonly SourceFile[], edges: readonly string[]): readonly string[] => {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  return edges.flatMap((edge) => {
    const text = texts.get(edge) ?? ''
    const stars = /^export\s+\*/m.test(withoutComments(text)) ? [`${edge}: names are listed one by one`] : []
    const names = readExported(text).map((exported) => problemOf(texts, edge, edge, exported))
    return [...stars, ...names.filter((problem) => problem !== undefined)]
  })
}
