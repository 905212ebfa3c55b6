import { createAction } from './action.ts'
import type { Charm } from './charm.ts'
import { type Environment, type JujuContext, parseContext } from './context.ts'
import { charmError, isCharmError } from './errors.ts'
import { createHook, type Hook } from './hook.ts'
import { actionFail } from './hook-tool/action.ts'
import { createToolRunner, type RunTool, type ToolCall } from './hook-tool/run.ts'
import type { KubernetesClient } from './kubernetes/client.ts'
import { createLog } from './log.ts'
import type { CharmMetadata } from './metadata.ts'
import type { PebbleClient } from './pebble/client.ts'
import { applyDesired, reconcileOnce } from './reconcile.ts'
import { createRedactor, type Redactor } from './redact.ts'

/** What a charm needs of the machine it runs on. Tests hand in their own. */
export interface CharmHost {
  /** The environment that Juju gave to the hook. */
  readonly env: Environment
  /** Runs a hook tool; a process each by default. */
  readonly runTool?: RunTool
  /** Makes the client of a container's Pebble; by default of the socket in `CHARM_CONTAINERS_DIR`. */
  readonly connectPebble?: (container: string) => Promise<PebbleClient>
  /** Makes the client of the Kubernetes API; by default with the pod's service account. */
  readonly connectKubernetes?: () => Promise<KubernetesClient>
  /** Standard error, for what cannot be logged. */
  readonly writeError?: (line: string) => void
}

/** Tools whose effect Juju drops when the hook fails. */
const buffered = /^(?:relation-set|secret-(?:add|set|remove|grant|revoke)|(?:open|close)-port|state-(?:set|delete)|storage-add)$/

const connectors = (context: JujuContext): Required<Pick<CharmHost, 'connectPebble' | 'connectKubernetes'>> => ({
  connectPebble: async (container) => {
    const { createPebbleClient } = await import('./pebble/client.ts')
    return createPebbleClient(`${context.containersDir}/${container}/pebble.socket`)
  },
  connectKubernetes: async () => {
    const { createInClusterSender, createKubernetesClient } = await import('./kubernetes/client.ts')
    return createKubernetesClient(createInClusterSender({ url: context.kubernetesUrl, serviceAccountDir: context.serviceAccountDir }))
  },
})

const runAction = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  { hook, name, hasWritten }: { readonly hook: Hook<Metadata>; readonly name: string; readonly hasWritten: () => boolean },
): Promise<void> => {
  try {
    const handler = charm.actions?.[name]
    if (handler === undefined) throw charmError('CHARM_EVENT_UNKNOWN', [`actions/${name}`])
    const reconcile = (): Promise<void> => reconcileOnce(charm, hook)
    await handler(await createAction({ name, hook, reconcile, apply: (desired) => applyDesired(hook, desired) }))
  } catch (error) {
    // Half of an action's writes are worse than none: only a failing process makes Juju drop them, at the price of the message.
    if (hasWritten()) throw error
    const message = hook.redactor.redact(error instanceof Error ? error.message : String(error))
    await hook.log.error(`${name}: ${message}`)
    await actionFail(hook.run, message)
  }
}

const explain = (error: unknown, redactor: Redactor): string =>
  redactor.redact(isCharmError(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error))

/**
 * Runs a charm for one hook or action and gives the exit code for Juju: 0, or 1 when a write was refused or the charm has a bug,
 * so that Juju drops what was buffered and tries again. It throws nothing.
 *
 * @example
 * const exit = await dispatch(charm, { env, runTool: world.runTool })
 */
export const dispatch = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  host: CharmHost,
): Promise<number> => {
  const redactor = createRedactor()
  const writeError = host.writeError ?? ((line) => process.stderr.write(`${line}\n`))
  try {
    const context = parseContext(host.env)
    // Juju allows next to no tool in these, and nothing is decided in them.
    if (context.event.kind === 'collect-metrics' || context.event.kind === 'meter-status-changed') return 0
    let written = false
    const tools = host.runTool ?? createToolRunner({ env: host.env })
    const run = (call: ToolCall): ReturnType<RunTool> => {
      written ||= buffered.test(call.tool)
      return tools(call)
    }
    const log = createLog({ run, redactor, ...(context.debug ? { echo: writeError } : {}) })
    const { connectPebble = connectors(context).connectPebble, connectKubernetes = connectors(context).connectKubernetes } = host
    const hook = createHook({ metadata: charm.metadata, context, run, redactor, log, connectPebble, connectKubernetes })
    return await runHook(charm, { hook, hasWritten: () => written, writeError })
  } catch (error) {
    writeError(`ERROR ${explain(error, redactor)}`)
    return 1
  }
}

const runHook = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  {
    hook,
    hasWritten,
    writeError,
  }: { readonly hook: Hook<Metadata>; readonly hasWritten: () => boolean; readonly writeError: (line: string) => void },
): Promise<number> => {
  const { event, log, redactor, context } = hook
  try {
    if (event.kind === 'action') await runAction(charm, { hook, name: event.name, hasWritten })
    else await reconcileOnce(charm, hook)
    await log.flush()
    return 0
  } catch (error) {
    const text = `${context.name}: ${explain(error, redactor)}`
    writeError(`ERROR ${text}`)
    await log.error(text)
    await log.flush()
    return 1
  }
}

/**
 * The whole of a charm's `dispatch` program: runs the charm in this process and sets its exit code.
 *
 * @example
 * #!/usr/bin/env node
 * await run(charm)
 */
export const run = async <Metadata extends CharmMetadata, Observed>(charm: Charm<Metadata, Observed>): Promise<void> => {
  process.once('uncaughtException', (error: unknown) => {
    // Nobody is left who knows which words are secret: only the name of the error goes out.
    process.stderr.write(`ERROR ${error instanceof Error ? error.name : 'an error'} was thrown where nobody could catch it\n`)
    process.exit(1)
  })
  process.exitCode = await dispatch(charm, { env: process.env })
}
