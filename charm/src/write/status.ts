import type { Hook } from '../hook.ts'
import { applicationStatusGet, applicationStatusSet, unitStatusGet, unitStatusSet } from '../hook-tool/status.ts'
import type { CharmMetadata } from '../metadata.ts'
import { type Status, worstStatus } from '../status.ts'

interface StatusTools {
  readonly get: typeof unitStatusGet
  readonly set: typeof unitStatusSet
}

const writeStatus = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { statuses, tools }: { readonly statuses: readonly Status[]; readonly tools: StatusTools },
): Promise<Status | null> => {
  const worst = worstStatus(statuses)
  if (worst === null) return null
  const wanted = { status: worst.kind, message: hook.redactor.redact(worst.message) }
  const current = await tools.get(hook.run)
  if (current.status === wanted.status && current.message === wanted.message) return null
  await tools.set(hook.run, wanted)
  return { kind: worst.kind, message: wanted.message }
}

/**
 * Sets this unit's status to the worst of these, if it is not that already; the message is redacted. Gives what was set.
 *
 * @example
 * await writeUnitStatus(hook, [active(), waiting('Waiting for registry relation data')])
 */
export const writeUnitStatus = <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  statuses: readonly Status[],
): Promise<Status | null> => writeStatus(hook, { statuses, tools: { get: unitStatusGet, set: unitStatusSet } })

/**
 * Sets the application's status to the worst of these, if it is not that already. Only on the leader.
 *
 * @example
 * await writeApplicationStatus(hook, [active()])
 */
export const writeApplicationStatus = <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  statuses: readonly Status[],
): Promise<Status | null> => writeStatus(hook, { statuses, tools: { get: applicationStatusGet, set: applicationStatusSet } })
