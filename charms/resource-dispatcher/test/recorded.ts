import type { Fixture, Outcome } from '@charmed-feast/charm/testing'

import { manifestEndpoints } from '../src/dispatched-kind.ts'

const root = '/var/lib/pebble/default/resources'

/** A relation as a recording has it. */
export type RecordedRelation = Fixture['state']['relations'][number]

/** The relations of endpoints that are there in the recorded hook. */
export const related = ({ state, event }: Fixture, endpoints: readonly string[] = manifestEndpoints): readonly RecordedRelation[] =>
  state.relations.filter(({ id, endpoint }) => endpoints.includes(endpoint) && !(event.name === 'relation-broken' && event.relation === id))

/** The secret that a relation names; undefined where it names none, or one that cannot be read. */
export const secretOf = ({ state }: Fixture, { remoteAppData }: RecordedRelation): Fixture['state']['secrets'][number] | undefined =>
  remoteAppData.is_secret === 'true'
    ? state.secrets.find(({ id }) => id.slice(-20) === remoteAppData.kubernetes_manifests?.slice(-20))
    : undefined

/** An object that stands in a file, as `endpoint kind namespace name`. */
type Line = string

const lineOf = (endpoint: string, value: unknown): readonly Line[] => {
  const { kind, apiVersion, metadata } = (value ?? {}) as Record<string, unknown>
  const { name, namespace } = (metadata ?? {}) as Record<string, unknown>
  if (apiVersion === undefined || typeof name !== 'string' || /[/']|\.\./.test(`${name}${namespace ?? ''}`)) return []
  return [`${endpoint} ${kind} ${namespace || '*'} ${name}`]
}

const listOf = (text: string): readonly unknown[] => {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list : []
  } catch {
    return []
  }
}

const sentLines = (fixture: Fixture, relation: RecordedRelation): readonly Line[] => {
  const secret = secretOf(fixture, relation)
  const { is_secret: isSecret, kubernetes_manifests: plain = '[]' } = relation.remoteAppData
  const text = isSecret === 'true' ? (secret?.latestContent ?? secret?.content)?.manifests : plain
  return listOf(text ?? '[]').flatMap((value) => lineOf(relation.endpoint, value))
}

/** What applications that say something valid, and no other says too, want to have delivered. */
export const wantedLines = (fixture: Fixture): readonly Line[] => {
  const all = related(fixture).flatMap((relation) => sentLines(fixture, relation))
  return all.filter((line) => all.indexOf(line) === all.lastIndexOf(line)).sort()
}

/** What was delivered. */
export const deliveredLines = ({ containers }: Outcome): readonly Line[] =>
  Object.entries(containers['resource-dispatcher']?.files ?? {})
    .flatMap(([path, text]) => lineOf(path.slice(root.length + 1).split('/')[0] ?? '', JSON.parse(text)))
    .sort()
