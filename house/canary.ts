import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { CharmMetadata } from '@charmed-feast/charm'
import { type Outcome, runScenario, type ScenarioEvent, type State, throughDispatch } from '@charmed-feast/charm/testing'
import { stringify } from 'yaml'

import { bundleCharm } from '../charms/pack.ts'

/** Passwords that no text has by chance, with every character that some encoding changes. */
export const canaries = [1, 2, 3].map((number) => `canary-${number}-7f3a9c:/?#[]@!$&'()*+,;=% "\\{{}}<é😀>`)

/** How a value stands inside other documents: as it is, in a URL, in base64, in JSON and in YAML. */
const formsOf = (value: string): readonly string[] => [
  value,
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
  JSON.stringify(value).slice(1, -1),
  JSON.stringify(JSON.stringify(value)).slice(3, -3),
  stringify(value, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }).trim().slice(1, -1),
  value.replaceAll("'", "''"),
  // The part that no encoding changes.
  value.slice(0, 15),
]

/** Which canaries a text holds, in whatever form. */
export const findCanaries = (text: string): readonly string[] =>
  canaries.filter((canary) => formsOf(canary).some((form) => text.includes(form)))

// A process may end while it is looked at.
const readProc = (pid: string, file: 'cmdline' | 'environ'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

const lookAtProcesses = (): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => (['cmdline', 'environ'] as const).flatMap((file) => findCanaries(readProc(pid, file)).map(() => `/proc/…/${file}`)))

/** Files and folders that somebody else than their owner could open. */
const findOpen = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return [...((statSync(path).mode & 0o077) === 0 ? [] : [path]), ...(entry.isDirectory() ? findOpen(path) : [])]
  })

/** What a hook was seen to do while its process lived, and what it left. */
export interface WatchedHook {
  readonly outcome: Outcome
  /** Places in which a canary was seen: of processes, logs, statuses, results, files. */
  readonly seen: readonly string[]
  /** Temporary files that others could read while they were there. */
  readonly open: readonly string[]
  /** Temporary files that are left. */
  readonly left: readonly string[]
}

/** Bundles a charm once and runs its real program in hooks that are watched. */
export interface CanaryCage extends AsyncDisposable {
  readonly run: (state: State, event: ScenarioEvent) => Promise<WatchedHook>
}

const placesOf = ({ log, unitStatusHistory, stdout, stderr, action, trace }: Outcome): readonly (readonly [string, unknown])[] => [
  ['the log', log],
  ['a status', unitStatusHistory],
  ['the output', [stdout, stderr]],
  ['the result of an action', action],
  ['an argument of a tool', trace.flatMap((entry) => (entry.kind === 'tool' ? entry.args : []))],
  ['a path of a request', trace.flatMap((entry) => (entry.kind === 'tool' ? [] : [entry.path]))],
]

const readAll = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('\n')
}

/**
 * Opens a cage for a charm: in every hook, at every call of a tool, all processes of the machine are looked at; afterwards all that the hook left.
 *
 * @example
 * await using cage = await openCanaryCage('feast-integrator', { metadata, actions: ['check'] })
 */
export const openCanaryCage = async (
  name: string,
  { metadata, actions = [] }: { readonly metadata: CharmMetadata; readonly actions?: readonly string[] },
): Promise<CanaryCage> => {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'))
  const [charmDir, temporary] = [join(folder, 'charm'), join(folder, 'tmp')]
  await mkdir(charmDir)
  await mkdir(temporary, { mode: 0o700 })
  for (const { name: file, content } of await bundleCharm(name)) await writeFile(join(charmDir, file), content)
  const command = [process.execPath, join(charmDir, 'charm.cjs')] as const
  const charm = throughDispatch({ metadata, charmDir, command, actions, env: { TMPDIR: temporary } })

  const run = async (state: State, event: ScenarioEvent): Promise<WatchedHook> => {
    const seen = new Set<string>()
    const open = new Set<string>()
    const watch = (): undefined => {
      for (const place of lookAtProcesses()) seen.add(place)
      for (const path of findOpen(temporary)) open.add(path)
    }
    const outcome = await runScenario(charm, state, event, { intercept: watch })
    for (const [place, texts] of placesOf(outcome)) if (findCanaries(JSON.stringify(texts)).length > 0) seen.add(place)
    if (findCanaries(await readAll(folder)).length > 0) seen.add('a file')
    return { outcome, seen: [...seen], open: [...open], left: await readdir(temporary) }
  }
  return { run, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
