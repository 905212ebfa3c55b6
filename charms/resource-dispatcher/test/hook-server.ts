import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The uid of the DecoratorController in these tests. */
export const uid = '0b6f2c1e-6a0f-4e0c-9d52-3f1f7c1b2a90'

/** A running hook server: the real process. */
export interface HookServer extends AsyncDisposable {
  readonly folder: string
  readonly url: string
  /** Milliseconds of processor that its process took so far. */
  readonly processor: () => Promise<number>
  /** All that it printed. */
  readonly output: () => string
  readonly write: (path: string, content: unknown) => Promise<void>
  readonly remove: (path: string) => Promise<void>
  /** Sends SIGTERM and gives the exit code. */
  readonly stop: () => Promise<number | null>
}

const program = join(import.meta.dirname, '../src/workload.ts')

const readPort = async (child: ReturnType<typeof spawn>, output: () => string): Promise<number> => {
  while (true) {
    const port = /listening on port (\d+)/.exec(output())?.[1]
    if (port !== undefined) return Number(port)
    if (child.exitCode !== null) throw new Error(`the hook server ended: ${output()}`)
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')])
  }
}

/** Writes a file as Pebble does: aside, then renamed. */
const writeAtomically = async (path: string, content: unknown): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}~`, typeof content === 'string' ? content : JSON.stringify(content))
  await rename(`${path}~`, path)
}

/** Starts the hook server on a folder of its own with these files. */
export const startServer = async (
  files: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = { DECORATOR_CONTROLLER_UID: uid },
  { label = 'enabled' }: { readonly label?: string } = {},
): Promise<HookServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'hook-server-'))
  for (const [path, content] of Object.entries(files)) await writeAtomically(join(folder, path), content)
  const args = ['--conditions=source', program, '--port', '0', '--host', '127.0.0.1', '--folder', folder, '--label', label]
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = (): string => Buffer.concat(chunks).toString()
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    child.kill('SIGTERM')
    await once(child, 'exit')
    return child.exitCode
  }
  const port = await readPort(child, output)
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    processor: async () => {
      const [, after = ''] = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')
      const fields = after.split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    output,
    write: (path, content) => writeAtomically(join(folder, path), content),
    remove: (path) => rm(join(folder, path)),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** What a request may say otherwise than usual. */
export interface Question {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly controllerUid?: string
  readonly attachments?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly deletionTimestamp?: string
  readonly finalizing?: boolean
}

/** A request of metacontroller as real-parts.md §4 recorded it, unknown fields included. */
export const requestBody = (question: Question = {}): string => {
  const {
    namespace = 'alice',
    labels = { enabled: 'true' },
    controllerUid = uid,
    attachments = {},
    deletionTimestamp,
    finalizing,
  } = question
  return JSON.stringify({
    controller: {
      kind: 'DecoratorController',
      apiVersion: 'metacontroller.k8s.io/v1alpha1',
      metadata: { name: 'kubeflow-resource-dispatcher-controller', uid: controllerUid, managedFields: [{ manager: 'lightkube' }] },
      spec: { resyncPeriodSeconds: 10 },
      status: {},
    },
    object: {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: namespace, labels, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    },
    attachments: { 'ConfigMap.v1': {}, 'Secret.v1': {}, 'PodDefault.kubeflow.org/v1alpha1': {}, ...attachments },
    related: {},
    finalizing: finalizing ?? false,
  })
}

/** Posts to `/sync`. */
export const post = (server: HookServer, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${server.url}/sync`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

/** An object of Kubernetes, as far as these tests look. */
export interface Attached {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly [field: string]: unknown
}

/** Asks what shall be in a namespace. */
export const ask = async (server: HookServer, question: Question = {}): Promise<readonly Attached[]> => {
  const response = await post(server, requestBody(question))
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`)
  const { attachments } = (await response.json()) as { readonly attachments: readonly Attached[] }
  return attachments
}

/** A Secret's manifest. */
export const secret = (name: string, value: string, namespace?: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  stringData: { value },
})
