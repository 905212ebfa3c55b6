import type { Action, ActionResult } from '@charmed-feast/charm'

import type { Database, DatabaseState } from '../database.ts'
import { type Metadata, type StoreName, storeNames } from '../metadata.ts'
import { type Observation, observe } from '../observation.ts'
import { type Finding, probe } from './probe.ts'

const stateOf = ({ databases }: Observation, name: StoreName): DatabaseState | null => {
  const [found, ...more] = databases[name]
  return found === undefined || more.length > 0 ? null : found.state
}

const describe = (finding: Finding): ActionResult =>
  finding.kind === 'ok'
    ? { outcome: 'ok', 'server-version': finding.serverVersion, tls: finding.encrypted ? 'on' : 'off' }
    : { outcome: 'failed', code: finding.code, advice: finding.advice }

const probeReplicas = async (state: DatabaseState & { readonly kind: 'ready' }): Promise<ActionResult> => {
  let answering = 0
  for (const replica of state.replicas) {
    const database: Database = { ...state.database, ...replica }
    if ((await probe(database)).kind === 'ok') answering += 1
  }
  return { 'read-only-endpoints': `${answering} of ${state.replicas.length} answer` }
}

const checkOne = async (state: DatabaseState | null): Promise<{ readonly ok: boolean; readonly result: ActionResult }> => {
  const failed = (code: string, advice: string) => ({ ok: false, result: { outcome: 'failed', code, advice } })
  if (state === null) return failed('NO_RELATION', 'relate exactly one PostgreSQL application to this endpoint')
  if (state.kind === 'waiting') return failed('NO_DATA', 'wait until the provider has made the database, or look at its status')
  if (state.kind === 'invalid') return failed('INVALID_DATA', state.why)
  const finding = await probe(state.database)
  const replicas = finding.kind === 'ok' ? await probeReplicas(state) : {}
  return { ok: finding.kind === 'ok', result: { ...Object(describe(finding)), ...Object(replicas) } }
}

/**
 * Connects to the three stores with what notebooks are given, and says what is wrong with each: codes and advice, never a connection string.
 *
 * @example
 * // juju run feast-integrator/0 check
 */
export const checkStores = async (action: Action<Metadata>): Promise<void> => {
  const observation = await observe(action.hook)
  const results: Record<string, ActionResult> = {}
  const failing: string[] = []
  for (const name of storeNames) {
    const { ok, result } = await checkOne(stateOf(observation, name))
    results[name] = result
    if (!ok) failing.push(name)
  }
  await action.set(results)
  if (failing.length > 0) await action.fail(`${failing.join(', ')}: see the results for what is wrong`)
}
