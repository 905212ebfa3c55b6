import type { DesiredBag, DesiredRelation } from '../desired.ts'
import { charmError, isCharmError } from '../errors.ts'
import type { Hook } from '../hook.ts'
import { type BagOwner, relationSet } from '../hook-tool/relation.ts'
import type { TextMap } from '../hook-tool/text-map.ts'
import type { CharmMetadata } from '../metadata.ts'
import type { RelationName } from '../relation.ts'
import { type SecretUri, secretId } from '../secret.ts'
import type { SecretUris } from './secret.ts'
import type { Step } from './step.ts'

const resolve = (key: string, value: string | SecretUri | null, uris: SecretUris): string => {
  if (value === null || typeof value === 'string') return value ?? ''
  const uri = uris.get(value.secretLabel)
  if (uri === undefined) throw charmError('CHARM_SECRET_UNDECLARED', [value.secretLabel, key])
  return uri
}

/** Whether the bag says it already. A secret's URI has several spellings: the id counts. */
const isSaid = (value: string | SecretUri | null, said: string | undefined, uris: SecretUris): boolean => {
  if (value === null || typeof value === 'string') return (value ?? '') === (said ?? '')
  const uri = uris.get(value.secretLabel)
  return uri !== undefined && said !== undefined && secretId(said) === secretId(uri)
}

interface BagTarget {
  readonly relation: RelationName
  readonly owner: BagOwner
  readonly desired: DesiredBag
  readonly uris: SecretUris
}

const planBag = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { relation, owner, desired, uris }: BagTarget,
): Promise<readonly Step[]> => {
  const member = owner === 'app' ? hook.context.app : hook.context.unit
  const bag: TextMap = await hook.relationReader.bag(relation, owner, member)
  const keys = Object.keys(desired)
    .filter((key) => !isSaid(desired[key] ?? null, bag[key], uris))
    .sort()
  if (keys.length === 0) return []
  const perform = async (): Promise<void> => {
    const changes = Object.fromEntries(keys.map((key) => [key, resolve(key, desired[key] ?? null, uris)]))
    try {
      await relationSet(hook.run, relation.name, { owner, changes })
    } catch (error) {
      // Gone since it was listed: nobody is left to read it.
      if (!isCharmError(error, 'CHARM_RELATION_NOT_FOUND')) throw error
    }
  }
  return [{ what: `set ${owner} data of ${relation.name} (${keys.join(', ')})`, perform }]
}

/**
 * Plans what makes own databags say what is desired: one call a bag, only keys that differ. The application's bag only on the leader.
 *
 * @example
 * await planRelations(hook, { desired: [{ relation, app: { database: 'feast' } }], uris: new Map() })
 */
export const planRelations = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { desired = [], uris }: { readonly desired: readonly DesiredRelation[] | undefined; readonly uris: SecretUris },
): Promise<readonly Step[]> => {
  const steps: Step[] = []
  for (const { relation, app, unit } of desired) {
    if (app !== undefined && (await hook.isLeader())) steps.push(...(await planBag(hook, { relation, owner: 'app', desired: app, uris })))
    if (unit !== undefined) steps.push(...(await planBag(hook, { relation, owner: 'unit', desired: unit, uris })))
  }
  return steps
}
