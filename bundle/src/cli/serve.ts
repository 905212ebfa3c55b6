import { runCommand } from '../control/command.ts'
import { HookLog } from '../control/hook-log.ts'
import { serveControl } from '../control/server.ts'
import type { LocalModel } from '../model/local-model.ts'
import { formatStatus } from '../status.ts'
import { bringUp, type Deployed } from './up.ts'

/** What {@link serveBundle} is told. */
export interface ServeOptions {
  readonly folder: string
  readonly say: (line: string) => void
  /** Ends as soon as the model has settled. */
  readonly once: boolean
  /** Nothing of it is kept. */
  readonly ephemeral: boolean
  /** Runs when the model has settled and takes commands. */
  readonly onSettled?: (deployed: Deployed) => Promise<void>
}

/** Failed hooks are tried again, and `update-status` comes, in milliseconds. */
const retryEvery = 5_000
const updateEvery = 300_000

/** Lets time pass for a model: failed hooks are tried again, `update-status` fires, containers that ended start anew. */
const keepAlive = (model: LocalModel, report: (error: unknown) => void): Disposable => {
  const settle = (): void => void model.settle().catch(report)
  const retry = setInterval(settle, retryEvery)
  const update = setInterval(() => {
    model.updateStatus()
    settle()
  }, updateEvery)
  return {
    [Symbol.dispose]: () => {
      clearInterval(retry)
      clearInterval(update)
    },
  }
}

/**
 * Deploys Charmed Feast and keeps it running until it is told to stop: by a signal, by the command `down`, or by PostgreSQL's end.
 *
 * @throws BundleError as `bringUp`
 *
 * @example
 * await serveBundle({ folder: '.state', say: console.log, once: false, ephemeral: false })
 */
export const serveBundle = async ({ folder, say, once, ephemeral, onSettled }: ServeOptions): Promise<void> => {
  const stop = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.resolve())
  const log = new HookLog(() => new Date())
  await using deployed = await bringUp({
    ...{ folder, say },
    onHook: (record) => {
      log.add(record)
      say(`${record.unit}: ${record.name}${record.failure === null ? '' : ` failed: ${record.failure}`}`)
    },
  })
  const { model, pods, postgres, kubernetes, gateway } = deployed
  const access = { ...deployed.access, firstUrl: gateway.firstUrl }
  const around = { model, pods, log, kubernetes, access, stop: () => void setImmediate(stop.resolve) }
  await using _control = await serveControl(folder, (words) => runCommand(words, around))
  using _life = keepAlive(model, (error) => say(`the model cannot go on: ${error instanceof Error ? error.message : String(error)}`))
  say(`\n${formatStatus(model.state).trimEnd()}`)
  await onSettled?.(deployed)
  if (!once) await Promise.race([stop.promise, postgres.exited])
  if (ephemeral) await postgres.remove()
}
