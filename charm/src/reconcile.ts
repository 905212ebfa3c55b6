import type { Charm } from './charm.ts'
import type { Applied, AppliedContainer, Desired, DesiredContainer, DesiredStatus } from './desired.ts'
import { isCharmError } from './errors.ts'
import type { HookEvent } from './event.ts'
import type { Hook } from './hook.ts'
import { applicationVersionSet } from './hook-tool/version.ts'
import type { CharmMetadata } from './metadata.ts'
import { blocked, type Status, waiting } from './status.ts'
import { writeObjects } from './write/object.ts'
import { planPorts } from './write/port.ts'
import { planRelations } from './write/relation.ts'
import { planSecrets, type SecretUris } from './write/secret.ts'
import { writeApplicationStatus, writeUnitStatus } from './write/status.ts'
import type { Step } from './write/step.ts'

/** Hooks in which the workload's version may be another one than before. */
const mayBringVersion = (event: HookEvent): boolean =>
  ['install', 'upgrade-charm', 'config-changed', 'start', 'leader-elected', 'pebble-ready', 'action'].includes(event.kind)

const planVersion = <Metadata extends CharmMetadata>(hook: Hook<Metadata>, version: string | undefined): readonly Step[] =>
  version === undefined || !mayBringVersion(hook.event)
    ? []
    : [{ what: `version ${version}`, perform: () => applicationVersionSet(hook.run, version) }]

/** What is written through hook tools, planned before the first write: a read that fails leaves everything as it was. */
const planJuju = async <Metadata extends CharmMetadata>(hook: Hook<Metadata>, desired: Desired<Metadata>): Promise<readonly Step[]> => {
  const uris: SecretUris = new Map()
  return [
    ...(await planPorts(hook.run, desired.ports)),
    ...(await planSecrets(hook, { desired: desired.secrets, uris })),
    ...(await planRelations(hook, { desired: desired.relations, uris })),
    ...planVersion(hook, desired.version),
  ]
}

interface Written<Metadata extends CharmMetadata> {
  readonly written: readonly string[]
  readonly applied: Applied<Metadata>
}

const writeOutside = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  desired: Desired<Metadata>,
): Promise<Written<Metadata>> => {
  const written: string[] = []
  const containers: Record<string, AppliedContainer> = {}
  const wanted: Readonly<Record<string, DesiredContainer | undefined>> = desired.containers ?? {}
  for (const name of Object.keys(wanted).sort()) {
    const container = wanted[name]
    if (container === undefined) continue
    // Loaded here: a charm without containers never pays for HTTP.
    const { writeContainer } = await import('./write/container.ts')
    // The names of desired containers are those that the charm declares.
    const result = await writeContainer(await hook.pebble(name as Parameters<typeof hook.pebble>[0]), container)
    written.push(...result.written.map((what) => `${what} in ${name}`))
    containers[name] = result.applied
  }
  const objects = await writeObjects(hook, desired.objects)
  const applied: Applied = { containers, failedObjects: objects.failed }
  return { written: [...written, ...objects.written], applied: applied as Applied<Metadata> }
}

// A status is one line in `juju status`.
const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ')

const failureStatuses = ({ containers, failedObjects }: Applied): readonly Status[] => [
  ...Object.entries<AppliedContainer | undefined>(containers).flatMap(([name, container]) =>
    container?.failure ? [waiting(oneLine(`${name}: ${container.failure.message}`))] : [],
  ),
  ...failedObjects.map(({ failure }) => blocked(oneLine(failure.message))),
]

const failuresOf = (applied: Applied): readonly string[] => failureStatuses(applied).map(({ message }) => message)

const statusesOf = <Metadata extends CharmMetadata>(
  desired: DesiredStatus<Metadata> | undefined,
  applied: Applied<Metadata>,
): readonly Status[] => {
  if (desired === undefined) return []
  return typeof desired === 'function' ? desired(applied) : [...desired, ...failureStatuses(applied)]
}

interface Planned<Metadata extends CharmMetadata> {
  readonly desired: Desired<Metadata>
  readonly steps: readonly Step[]
}

const perform = async <Metadata extends CharmMetadata>(hook: Hook<Metadata>, { desired, steps }: Planned<Metadata>): Promise<void> => {
  const { written, applied } = await writeOutside(hook, desired)
  for (const failure of failuresOf(applied)) await hook.log.warning(`${hook.context.name}: ${failure}`)
  for (const step of steps) await step.perform()
  const done = [...written, ...steps.map(({ what }) => what)]
  const unit = await writeUnitStatus(hook, statusesOf(desired.unitStatus, applied))
  if (unit !== null) done.push(`status ${unit.kind}${unit.message === '' ? '' : ` "${unit.message}"`}`)
  if (desired.applicationStatus !== undefined && (await hook.isLeader())) {
    const app = await writeApplicationStatus(hook, statusesOf(desired.applicationStatus, applied))
    if (app !== null) done.push(`application status ${app.kind}`)
  }
  if (done.length > 0) await hook.log.info(`${hook.context.name}: ${done.join('; ')}`)
}

/**
 * Writes what differs from a wish; for actions, whose wish is their own. What cannot be read or written is thrown.
 *
 * @example
 * await applyDesired(hook, { unitStatus: [active()] })
 */
export const applyDesired = async <Metadata extends CharmMetadata>(hook: Hook<Metadata>, desired: Desired<Metadata>): Promise<void> =>
  perform(hook, { desired, steps: await planJuju(hook, desired) })

/**
 * One pass from what is to what shall be: observe, reconcile, write what differs.
 * A read that fails gives a waiting status and touches nothing; a write to Juju that fails is thrown, so that the hook fails and Juju tries again.
 *
 * @example
 * await reconcileOnce(charm, hook)
 */
export const reconcileOnce = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  hook: Hook<Metadata>,
): Promise<void> => {
  const planned = await planAll(charm, hook)
  if (planned !== null) await perform(hook, planned)
}

const planAll = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  hook: Hook<Metadata>,
): Promise<Planned<Metadata> | null> => {
  try {
    const desired = charm.reconcile(await charm.observe(hook))
    return { desired, steps: await planJuju(hook, desired) }
  } catch (error) {
    if (!isCharmError(error)) throw error
    await hook.log.warning(`${hook.context.name}: ${error.message}`)
    await writeUnitStatus(hook, [waiting(oneLine(`${error.message}; tried again in the next hook`))])
    return null
  }
}
