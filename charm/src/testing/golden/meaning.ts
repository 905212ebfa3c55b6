import { parsePythonYaml } from './python-yaml.ts'

/** A value as comparisons see it: parsed where it can be parsed, in one form where several mean the same. */
export type Meaning = null | boolean | number | string | readonly Meaning[] | { readonly [key: string]: Meaning }

/**
 * What a databag value or a `.yaml` file means: lists and mappings in JSON or YAML 1.1 are parsed, and so are texts under a key ending in
 * `.yaml` inside them. Secrets have one form, whether they carry `data` or `stringData`; a connection URL is taken apart; `sslmode`,
 * `sslrootcert_path` and the query of a URL are set aside (README of the recordings, rules 2 to 4; design/charms.md 3).
 *
 * @example
 * meaningOf('{"a":1}')   // { a: 1 }
 * meaningOf('plain')     // 'plain'
 */
export function meaningOf(text: string): Meaning {
  const parsed = parseList(text)
  return parsed === undefined ? text : normalize(parsed)
}

function parseList(text: string): unknown {
  try {
    const value: unknown = text.trimStart().startsWith('{') || text.trimStart().startsWith('[') ? parseJson(text) : parsePythonYaml(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parsePythonYaml(text)
  }
}

/** A parsed value in the form that comparisons use. */
export function normalize(value: unknown): Meaning {
  if (Array.isArray(value)) return value.map(normalize)
  if (!isMapping(value)) return scalar(value)
  const store = isFeatureStore(value) ? normalizeStore(value) : value
  const secret = store['kind'] === 'Secret' ? normalizeSecret(store) : store
  return Object.fromEntries(Object.entries(secret).map(([key, item]) => [key, normalizeEntry(key, item)]))
}

function scalar(value: unknown): Meaning {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value
  return String(value)
}

function normalizeEntry(key: string, item: unknown): Meaning {
  return typeof item === 'string' && key.endsWith('.yaml') ? meaningOf(item) : normalize(item)
}

/** `data` is base64 of what `stringData` says plainly. */
function normalizeSecret(secret: Mapping): Mapping {
  const { data, stringData, ...rest } = secret
  if (!isMapping(data) && !isMapping(stringData)) return secret
  const decoded = Object.entries(isMapping(data) ? data : {}).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()])
  return { ...rest, stringData: { ...Object.fromEntries(decoded), ...(isMapping(stringData) ? stringData : {}) } }
}

type Mapping = Readonly<Record<string, unknown>>

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isFeatureStore(value: Mapping): boolean {
  return isMapping(value['registry']) && 'project' in value
}

const setAside: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert_path'])

function normalizeStore(store: Mapping): Mapping {
  const without = (section: unknown): unknown =>
    isMapping(section) ? Object.fromEntries(Object.entries(section).filter(([key]) => !setAside.has(key))) : section
  const sections = Object.fromEntries(Object.entries(store).map(([key, section]) => [key, without(section)]))
  const registry = sections['registry']
  return isMapping(registry) ? { ...sections, registry: { ...registry, path: takeApart(registry['path']) } } : sections
}

/** The parts of a connection URL, percent-decoded, without its query; what is no such URL stays as it is. */
function takeApart(path: unknown): unknown {
  const [, scheme, user = '', password = '', host, port, database] =
    /^([a-z0-9+]+):\/\/([^:/@?#]*):([^/@?#]*)@(\[[^\]]+\]|[^:/?#]+):(\d+)\/([^?#]*)(?:\?.*)?$/.exec(String(path)) ?? []
  if (scheme === undefined) return path
  try {
    return { scheme, user: decodeURIComponent(user), password: decodeURIComponent(password), host, port, database }
  } catch {
    return path
  }
}
