import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'

import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'
import { Refusal } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection } from '../kubernetes/informer.ts'
import { makeFolder, systemCode } from '../postgres/folder.ts'
import { writeSecret } from './mounted-secret.ts'
import { podEnvironment, type SecretMount, secretMounts } from './pod.ts'
import { admitPods, isAdmitted } from './pod-default.ts'

/** Options of {@link runNotebook}. */
export interface NotebookOptions {
  readonly namespace: string
  /** Program and arguments. */
  readonly command: readonly string[]
  /** What the user ticked in the form; by default only *Allow access to Feast*. */
  readonly labels?: Readonly<Record<string, string>>
  readonly connection: KubernetesConnection
  /** Where files of notebooks are kept: below it a folder for each namespace (0700). */
  readonly folder: string
  /** What the command has beside the pod's own variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** By default the command talks with this process's terminal. */
  readonly stdio?: 'inherit' | 'pipe'
  /** Given the running command: to pass signals on, or to read its output. What it gives back is disposed when the command ends. */
  readonly onStart?: (child: ChildProcess) => Disposable | undefined
  /** Told of what goes wrong beside the command: a Secret that cannot be followed for the moment. */
  readonly log: (line: string) => void
}

const podOf = ({ command, labels = { 'access-feast': 'true' } }: NotebookOptions): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'notebook-', labels },
  // No node of a real cluster shall run it: this machine does.
  spec: {
    restartPolicy: 'Never',
    schedulingGates: [{ name: 'charmed-feast/this-machine' }],
    containers: [{ name: 'notebook', image: 'this-machine', command }],
  },
})

const createPod = async (options: NotebookOptions): Promise<KubernetesObject> => {
  const { connection, namespace } = options
  try {
    return await connection.call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body: podOf(options) })
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    throw bundleError('BUNDLE_NOTEBOOK_REFUSED', [namespace, error.message], { cause: error })
  }
}

/** What Kubeflow's webhook does to a pod, in a cluster that has none. */
const admit = async ({ connection, namespace }: NotebookOptions, pod: KubernetesObject): Promise<KubernetesObject> => {
  if (isAdmitted(pod)) return pod
  const profile = await connection.call({ method: 'GET', path: `/api/v1/namespaces/${namespace}` })
  const { items } = await connection.list(`/apis/kubeflow.org/v1alpha1/namespaces/${namespace}/poddefaults`)
  try {
    return admitPods(pod, (path) => (path === '/api/v1/namespaces' ? [profile] : items))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw bundleError('BUNDLE_NOTEBOOK_REFUSED', [namespace, error.message], { cause: error })
  }
}

/** Shows a Secret in its folder, now and whenever it changes. Resolves once the pod may start. */
const mount = async (options: NotebookOptions, { secret, optional, folder, mountPath }: SecretMount): Promise<AsyncDisposable> => {
  const { connection, namespace, log } = options
  const there = Promise.withResolvers<void>()
  let writing = Promise.resolve()
  const write = (object: KubernetesObject | null): void => {
    // Data of a Secret are texts in base64.
    const data = object === null ? null : ((object.data ?? {}) as Readonly<Record<string, string>>)
    writing = writing.then(() => writeSecret({ folder, mountPath }, data))
    writing.catch((error: unknown) => log(`cannot show secret "${secret}": ${error instanceof Error ? error.message : String(error)}`))
    if (object !== null) there.resolve()
  }
  const informer = followCollection({
    connection,
    path: `/api/v1/namespaces/${namespace}/secrets`,
    fieldSelector: `metadata.name=${secret}`,
    onChange: write,
    onFailure: (error) => log(`secret "${secret}" cannot be followed: ${error instanceof Error ? error.message : String(error)}`),
  })
  await informer.ready
  if (!optional) await there.promise
  await writing
  return informer
}

const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal])

const runCommand = async (options: NotebookOptions, env: Readonly<Record<string, string | undefined>>): Promise<number> => {
  const [program = '', ...args] = options.command
  const { cwd, stdio = 'inherit', onStart } = options
  const child = spawn(program, args, { env: { ...options.env, ...env }, stdio, ...(cwd === undefined ? {} : { cwd }) })
  // Not `close`: a process that the command left behind may hold its output open.
  const ended = once(child, 'exit')
  using _ = onStart?.(child)
  try {
    // An exit code, or the signal that ended it.
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
    return exitCodeOf(code, signal)
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'there is no such program' : 'it cannot be run'
    throw bundleError('BUNDLE_COMMAND_NOT_RUN', [program, why], { cause })
  }
}

/**
 * Runs a command as a pod of a namespace with *Allow access to Feast* would run it: the pod is made and admitted, so that it has what the
 * namespace's PodDefaults give it; its Secrets are files in a folder of its own, kept up to date; its variables name them where they are on this
 * machine. Gives the exit code: that of the command, or 128 and the signal that ended it. Pod and files go with it.
 *
 * @throws BUNDLE_NOTEBOOK_REFUSED when the cluster does not take the pod, BUNDLE_COMMAND_NOT_RUN
 *
 * @example
 * process.exitCode = await runNotebook({ namespace: 'alice', command: ['python3', 'train.py'], connection, folder, env: process.env, log })
 */
export const runNotebook = async (options: NotebookOptions): Promise<number> => {
  const { namespace, connection } = options
  const made = await createPod(options)
  const path = `/api/v1/namespaces/${namespace}/pods/${made.metadata.name}`
  const own = resolve(options.folder, namespace)
  const folder = join(own, made.metadata.name)
  await using stack = new AsyncDisposableStack()
  // At once: there is no node that could say that its containers have ended.
  stack.defer(async () => void (await connection.call({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } })))
  const pod = await admit(options, made)
  await makeFolder(own, 0o700)
  await chmod(own, 0o700)
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  await makeFolder(folder, 0o700)
  const mounts = secretMounts(pod, folder)
  for (const each of mounts) stack.use(await mount(options, each))
  // Awaited here: what the stack holds must outlive the command.
  return await runCommand(options, podEnvironment(pod, mounts))
}
