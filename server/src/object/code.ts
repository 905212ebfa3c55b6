/** How one language writes a definition. */
export interface Language {
  readonly name: 'python' | 'typescript'
  /** `name(member=value, …)`, each member on a line of its own. */
  readonly call: (name: string, members: readonly Member[]) => string
  readonly assign: (variable: string, value: string) => string
  readonly record: (entries: readonly (readonly [string, string])[]) => string
  readonly boolean: (value: boolean) => string
  /** A feature's type, from Python's name of it. */
  readonly type: (pythonName: string) => string
  readonly seconds: (count: number) => string
  /** What is put on top: which names come from where. */
  readonly imports: (names: ReadonlySet<string>, types: ReadonlySet<string>) => string
}

/** A member of a call: its names in Python and in TypeScript, and its value; without a value it is left out. */
export type Member = readonly [python: string, typescript: string, value: string | undefined]

const present = (members: readonly Member[]): readonly Member[] => members.filter(([, , value]) => value !== undefined)
const lines = (parts: readonly string[]): string => parts.map((part) => `    ${part},\n`).join('')
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

/** A text as both languages write it. */
export const quoted = (text: string): string => JSON.stringify(text)
/** A list as both languages write it. */
export const listOf = (items: readonly string[]): string => `[${items.join(', ')}]`

/** A name that both languages take as a variable's. */
export const variableOf = (name: string): string => {
  const word = name.replaceAll(/\W/g, '_')
  return /^\d/.test(word) || word === '' ? `_${word}` : word
}

const duration = (seconds: number): readonly [unit: 'days' | 'hours' | 'minutes' | 'seconds', count: number] => {
  if (seconds !== 0 && seconds % 86_400 === 0) return ['days', seconds / 86_400]
  if (seconds !== 0 && seconds % 3600 === 0) return ['hours', seconds / 3600]
  return seconds !== 0 && seconds % 60 === 0 ? ['minutes', seconds / 60] : ['seconds', seconds]
}

/** Where Python keeps what a definition is written with. */
const pythonModules: Readonly<Record<string, string>> = {
  timedelta: 'datetime',
  PostgreSQLSource: 'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source',
  SavedDataset: 'feast.saved_dataset',
  LabelView: 'feast.labeling.label_view',
  Permission: 'feast.permissions.permission',
}

/** The words inside a type: `Array(Float32)` is written with two. */
const typeWords = (types: ReadonlySet<string>): ReadonlySet<string> => new Set([...types].flatMap((type) => type.match(/[A-Z]\w*/g) ?? []))

/** Definitions as Python's Feast has them. */
export const python: Language = {
  name: 'python',
  call: (name, members) => `${name}(\n${lines(present(members).map(([member, , value]) => `${member}=${value}`))})`,
  assign: (variable, value) => `${variable} = ${value}\n`,
  record: (entries) => `{${entries.map(([name, value]) => `${quoted(name)}: ${value}`).join(', ')}}`,
  boolean: (value) => (value ? 'True' : 'False'),
  type: (name) => name,
  seconds: (count) => {
    const [unit, number] = duration(count)
    return `timedelta(${unit}=${number})`
  },
  imports: (names, types) => {
    const modules = Map.groupBy([...names].toSorted(), (name) => pythonModules[name] ?? 'feast')
    const words = [...typeWords(types)].toSorted()
    const rows = [...modules].map(([module, used]) => `from ${module} import ${used.join(', ')}`)
    return [...rows, ...(words.length === 0 ? [] : [`from feast.types import ${words.join(', ')}`])].toSorted().join('\n')
  },
}

const typeNames: Readonly<Record<string, string>> = { Array: 'listOf', Set: 'setOf', UnixTimestamp: 'timestamp' }
const typeWord = (word: string): string => typeNames[word] ?? `${word.charAt(0).toLowerCase()}${word.slice(1)}`

/** Definitions as `@charmed-feast/store` has them. */
export const typescript: Language = {
  name: 'typescript',
  call: (name, members) =>
    `${name}({\n${lines(present(members).map(([, member, value]) => (member === value ? member : `${member}: ${value}`)))}})`,
  assign: (variable, value) => `export const ${variable} = ${value}\n`,
  record: (entries) => `{ ${entries.map(([name, value]) => `${key(name)}: ${value}`).join(', ')} }`,
  boolean: String,
  type: (name) => name.replaceAll(/[A-Z]\w*/g, typeWord),
  seconds: (count) => {
    const [unit, number] = duration(count)
    return `${unit}(${number})`
  },
  imports: (names, types) => {
    const used = [...names, ...[...typeWords(types)].map(typeWord)].toSorted()
    return used.length === 0 ? '' : `import { ${[...new Set(used)].join(', ')} } from '@charmed-feast/store'`
  },
}
