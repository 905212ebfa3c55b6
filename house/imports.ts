import { posix } from 'node:path'
import { isProduct, type SourceFile } from './tree.ts'

/** Rooms inside the store and what each may import: the stages of the data, from left to right in STYLE.md. */
export const storeRooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  proto: [],
  postgres: ['errors'],
  definition: ['errors'],
  config: ['errors', 'postgres', 'definition'],
  registry: ['errors', 'postgres', 'definition', 'proto'],
  message: ['errors', 'definition', 'proto', 'registry'],
  offline: ['errors', 'postgres', 'definition'],
  online: ['errors', 'postgres', 'definition'],
  transform: ['errors', 'definition'],
  retrieve: ['errors', 'definition', 'registry', 'message', 'offline', 'online', 'transform'],
  apply: ['errors', 'definition', 'registry', 'message', 'offline', 'online', 'retrieve'],
  materialize: ['errors', 'definition', 'registry', 'message', 'offline', 'online', 'transform', 'retrieve'],
}

/** The files at the store's root put the rooms together: each may import every room, and these of each other. */
const storeRoots: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  store: ['diagnostics'],
  'open-store': ['store'],
  index: ['diagnostics', 'store', 'open-store'],
}

/** Packages and the packages of ours that their `src` may import, always by name and never by path. */
const packages: Readonly<Record<string, readonly string[]>> = {
  store: [],
  server: ['store'],
  cli: ['store', 'server'],
  ui: [],
  charm: [],
  'charms/feast-integrator': ['charm'],
  // The interface feast-configuration belongs to its provider, as Juju's interface libraries do.
  'charms/feast-ui': ['charm', 'charms/feast-integrator'],
  'charms/resource-dispatcher': ['charm'],
  'examples/driver-stats': ['store'],
  bundle: [
    'store',
    'server',
    'cli',
    'charm',
    'charms/feast-integrator',
    'charms/feast-ui',
    'charms/resource-dispatcher',
    'examples/driver-stats',
  ],
  conformance: [],
  bench: [],
}

const packageNames: Readonly<Record<string, string>> = {
  '@charmed-feast/store': 'store',
  '@charmed-feast/server': 'server',
  '@charmed-feast/cli': 'cli',
  '@charmed-feast/ui': 'ui',
  '@charmed-feast/charm': 'charm',
  '@charmed-feast/feast-integrator-charm': 'charms/feast-integrator',
  '@charmed-feast/feast-ui-charm': 'charms/feast-ui',
  '@charmed-feast/resource-dispatcher-charm': 'charms/resource-dispatcher',
  '@charmed-feast/example-driver-stats': 'examples/driver-stats',
  '@charmed-feast/bundle': 'bundle',
  '@charmed-feast/conformance': 'conformance',
  '@charmed-feast/bench': 'bench',
}

/** What a file imports: the name as it is written, and whether the module is there before the file runs. */
export interface Import {
  readonly name: string
  /** `type` is erased and `dynamic` comes later: neither makes the order of modules matter. */
  readonly kind: 'value' | 'type' | 'dynamic'
}

const statement =
  /(?:^|\n)[ \t]*(?:import|export)\s+(type\s+(?=[{*\w]))?(?:[^'"`;]*?from\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** What a file imports. Text in comments and templates does not count. */
export const readImports = (text: string): readonly Import[] => {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
  return [...code.matchAll(statement)].map(([, type, name, dynamic]) =>
    dynamic === undefined ? { name: name ?? '', kind: type === undefined ? 'value' : 'type' } : { name: dynamic, kind: 'dynamic' },
  )
}

/** Tests, conformance and benches may look inside a package; what ships and what is shown as an example may not. */
const isBound = (path: string): boolean => isProduct(path) || path.startsWith('examples/')

const packageOf = (path: string): string => Object.keys(packages).find((name) => path.startsWith(`${name}/`)) ?? path.split('/')[0] ?? ''

/** The room of a file below `store/src`; a file at its root is a room of its own. */
const roomOf = (path: string): string => path.split('/')[2]?.replace(/\.ts$/, '') ?? ''

interface Arrow {
  readonly from: string
  readonly to: string
}

interface ImportArrow extends Arrow {
  readonly kind: Import['kind']
}

const within = (files: readonly SourceFile[]): readonly ImportArrow[] =>
  files.flatMap(({ path, text }) =>
    readImports(text)
      .filter(({ name }) => name.startsWith('.'))
      .map(({ name, kind }) => ({ from: path, to: posix.join(posix.dirname(path), name), kind })),
  )

const roomProblem = ({ from, to }: Arrow): string | undefined => {
  const [room, other] = [roomOf(from), roomOf(to)]
  if (room === other) return undefined
  const roots = storeRoots[room]
  if (roots !== undefined) {
    return other in storeRooms || roots.includes(other) ? undefined : `${from} imports ${to}: ${room}.ts may not import ${other}.ts`
  }
  const allowed = storeRooms[room]
  if (allowed === undefined) return `${from}: room "${room}" is not in the list of house/imports.ts; say there what it may import`
  if (allowed.includes(other)) return undefined
  return `${from} imports ${to}: ${room} may import ${allowed.length === 0 ? 'no room' : allowed.join(', ')}`
}

const pathProblem = ({ from, to }: Arrow): string | undefined => {
  const [owner, other] = [packageOf(from), packageOf(to)]
  if (isProduct(from) && (other === 'house' || /(^|\/)test\//.test(to)))
    return `${from} imports ${to}: what ships imports no test and no house`
  if (owner === other) return from.startsWith('store/src/') && to.startsWith('store/src/') ? roomProblem({ from, to }) : undefined
  if (!isBound(from)) return undefined
  return `${from} imports ${to}: another package is imported by its name`
}

const nameProblem = (from: string, name: string): string | undefined => {
  const other = packageNames[name.split('/').slice(0, 2).join('/')]
  if (other === undefined) return `${from} imports ${name}: no package of ours has this name`
  const owner = packageOf(from)
  if (other === owner || !isBound(from)) return undefined
  return packages[owner]?.includes(other)
    ? undefined
    : `${from} imports ${name}: ${owner} may import ${packages[owner]?.join(', ') || 'no package of ours'}`
}

/** The cycles of a graph, each as its files in the order in which they import each other. */
export const findCycles = (arrows: readonly Arrow[]): readonly (readonly string[])[] => {
  const targets = Map.groupBy(arrows, ({ from }) => from)
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): readonly (readonly string[])[] => {
    if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path]]
    if (done.has(path)) return []
    const found = (targets.get(path) ?? []).flatMap(({ to }) => visit(to, [...trail, path]))
    done.add(path)
    return found
  }
  return [...targets.keys()].flatMap((path) => visit(path, []))
}

/** Every import that goes another way than STYLE.md says, as a sentence; none when the house is in order. */
export const importProblems = (files: readonly SourceFile[]): readonly string[] => {
  const arrows = within(files)
  const named = files.flatMap(({ path, text }) =>
    readImports(text)
      .filter(({ name }) => name.startsWith('@charmed-feast/'))
      .map(({ name }) => nameProblem(path, name)),
  )
  const cycles = findCycles(arrows.filter(({ kind }) => kind === 'value')).map((cycle) => `these import each other: ${cycle.join(' -> ')}`)
  return [...arrows.map(pathProblem), ...named, ...cycles].filter((problem) => problem !== undefined)
}
