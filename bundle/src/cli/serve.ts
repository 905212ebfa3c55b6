import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../control/command.ts'
import { HookLog } from '../control/hook-log.ts'
import { serveControl } from '../control/server.ts'
import type { LocalModel } from '../model/local-model.ts'
import { formatStatus, inactiveUnits } from '../status.ts'
import { Interruption } from './interruption.ts'
import { bringUp, type Deployed, type UpOptions } from './up.ts'

/** What {@link serveBundle} is told. */
export interface ServeOptions extends Pick<UpOptions, 'folder' | 'kubeconfig' | 'name' | 'say'> {
  /** Ends as soon as the model has settled. */
  readonly once: boolean
  /** Nothing of it is kept: it has a folder of its own, which goes with it. */
  readonly ephemeral: boolean
  /** Ends it, wherever it is. */
  readonly stopping: AbortController
  /** Runs when the model has settled and takes commands. Gives whether all is as it shall be; by default that is when every unit is active. */
  readonly onSettled?: (deployed: Deployed) => Promise<boolean>
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

const isActive = async ({ model }: Deployed, say: ServeOptions['say']): Promise<boolean> => {
  const inactive = inactiveUnits(model.state)
  for (const line of inactive) say(line)
  return inactive.length === 0
}

interface StateFolder extends AsyncDisposable {
  readonly folder: string
}

const placeState = async ({ folder, ephemeral }: ServeOptions): Promise<StateFolder> => {
  if (!ephemeral) return { folder, [Symbol.asyncDispose]: async () => undefined }
  const made = await mkdtemp(join(tmpdir(), 'charmed-feast-'))
  return { folder: made, [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }) }
}

const aborted = ({ signal }: AbortController): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Deploys Charmed Feast and keeps it running until it is told to stop: by `stopping`, by the command `down`, or by PostgreSQL's end. Gives the exit
 * code: 0 when all is as it shall be, else 1.
 *
 * @throws BundleError as `bringUp`; {@link Interruption} when it was told to stop before it had settled
 *
 * @example
 * process.exitCode = await serveBundle({ folder: '.state', say: console.log, once: false, ephemeral: false, stopping: followSignals() })
 */
export const serveBundle = async (options: ServeOptions): Promise<number> => {
  const { say, once, stopping, onSettled } = options
  const { signal } = stopping
  const log = new HookLog(() => new Date())
  await using place = await placeState(options)
  await using deployed = await bringUp({
    ...options,
    ...{ folder: place.folder, signal },
    onHook: (record) => {
      log.add(record)
      say(`${record.unit}: ${record.name}${record.failure === null ? '' : ` failed: ${record.failure}`}`)
    },
  })
  const { model, pods, postgres, kubernetes, gateway } = deployed
  const access = { ...deployed.key, firstUrl: gateway.firstUrl }
  const stop = (): void =>
    void setImmediate(() => {
      deployed.takeOut()
      stopping.abort(new Interruption('SIGTERM'))
    })
  await using _control = await serveControl(place.folder, (words) => runCommand(words, { model, pods, log, kubernetes, access, stop }))
  using _life = keepAlive(model, (error) => {
    if (!signal.aborted) say(`the model cannot go on: ${error instanceof Error ? error.message : String(error)}`)
  })
  say(`\n${formatStatus(model.state).trimEnd()}`)
  const isWell = onSettled ? await onSettled(deployed) : !once || (await isActive(deployed, say))
  if (once) signal.throwIfAborted()
  else await Promise.race([aborted(stopping), postgres.exited])
  return isWell ? 0 : 1
}
