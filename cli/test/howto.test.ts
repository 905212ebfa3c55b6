import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Workplace, workplace } from './repository.ts'

/** The pages in the order in which somebody reads them: one repository grows from page to page. */
const pages = ['define-and-apply', 'materialize-and-serve', 'training-sets', 'recover']

interface Block {
  readonly language: string
  /** What stands behind the language: a file to write, or `run`. */
  readonly told: string
  readonly text: string
}

const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', told = '', text = '']) => ({ language, told, text }))

/** A command line's words: quoted ones are one. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

let at: Workplace
let folder: string
const home = process.cwd()
beforeAll(async () => {
  at = await workplace(Date.now())
  folder = at.folder
})
afterAll(async () => {
  process.chdir(home)
  await at[Symbol.asyncDispose]()
})

const shell = async (text: string): Promise<string> => {
  let said = ''
  for (const line of text.trim().split('\n')) {
    const [program, ...words] = wordsOf(line)
    if (program === 'cd') folder = join(folder, words[0] ?? '')
    else {
      expect(program).toBe('feast')
      const { code, out, err } = await at.feast(words, { cwd: folder })
      expect([line, code, err]).toEqual([line, 0, ''])
      said += out
    }
  }
  return said
}

let runs = 0
const program = async (text: string): Promise<string> => {
  const lines: string[] = []
  const { formatWithOptions } = await import('node:util')
  const spy = vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(formatWithOptions({}, ...values)))
  // A program is no part of the repository that it opens.
  const path = join(folder, `program-${runs++}.test.ts`)
  await writeFile(path, text)
  process.chdir(folder)
  try {
    await import(pathToFileURL(path).href)
  } finally {
    spy.mockRestore()
  }
  return `${lines.join('\n')}\n`
}

test.each(pages)('what docs/howto/%s.md says is what happens', async (name) => {
  const page = await readFile(new URL(`../../docs/howto/${name}.md`, import.meta.url), 'utf8')
  const blocks = blocksOf(page)
  expect(blocks.length).toBeGreaterThan(1)
  let said = ''
  for (const { language, told, text } of blocks) {
    if (language === 'text') for (const line of text.trim().split('\n')) expect(said).toContain(line)
    else if (language === 'sh') said = await shell(text)
    else if (told === 'run') said = await program(text)
    else await writeFile(join(folder, told), text)
  }
})
