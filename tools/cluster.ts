import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  createInClusterSender,
  createKubernetesClient,
  type KubernetesClient,
  type SendToKubernetes,
} from '../charm/src/kubernetes/client.ts'
import { sendHttp } from '../charm/src/kubernetes/http.ts'
import { buildPrograms } from './build.ts'
import { type Daemon, startDaemon } from './daemon.ts'

/** A real Kubernetes API without nodes: etcd, kube-apiserver and, if wanted, kube-controller-manager. Pods are made and stay pending. */
export interface Cluster extends AsyncDisposable {
  readonly url: string
  /** Who signed the server's certificate: PEM. */
  readonly ca: string
  /** For files of the test; it goes with the cluster. */
  readonly folder: string
  /** A kubeconfig of the administrator. */
  readonly kubeconfig: string
  /** Sends as the administrator. */
  readonly send: SendToKubernetes
  readonly admin: KubernetesClient
  /** Makes a service account, if there is none, and the folder that its pods have: token, certificate, namespace. */
  readonly mountServiceAccount: (namespace: string, name: string) => Promise<string>
  /** What a service account asked for, oldest first: the API server's own audit log. */
  readonly readRequests: (namespace: string, name: string) => Promise<readonly AuditedRequest[]>
  /** Stops the API server, does what is to be done meanwhile, and starts it again on the same objects. */
  readonly restart: (meanwhile?: () => Promise<void>) => Promise<void>
}

/** A request as the API server's audit log has it. */
export interface AuditedRequest {
  /** `get`, `list`, `create`, `patch`, `delete`… */
  readonly verb: string
  /** `''` is the core group. */
  readonly group: string
  readonly resource: string
  readonly namespace: string | null
  /** Null for a collection. */
  readonly name: string | null
  /** The answer's HTTP status. */
  readonly status: number
}

/** What {@link startCluster} starts. */
export interface ClusterOptions {
  /** Makes pods of StatefulSets, default service accounts, and ends namespaces. */
  readonly controllers?: true
}

const loopback = '127.0.0.1'

/** Ports that nobody has at the moment; all of them are held until all are found. */
const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer())
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once('error', reject)
            server.listen({ host: loopback, port: 0, exclusive: true }, () => {
              const address = server.address()
              resolve(typeof address === 'object' && address !== null ? address.port : 0)
            })
          }),
      ),
    )
  } finally {
    for (const server of servers) server.close()
  }
}

const writeKeys = async (folder: string): Promise<void> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await writeFile(join(folder, 'sa.key'), privateKey, { mode: 0o600 })
  await writeFile(join(folder, 'sa.pub'), publicKey)
}

const describeKubeconfig = (url: string, ca: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  })

const isOk = async (request: () => Promise<number>): Promise<boolean> => {
  try {
    return (await request()) === 200
  } catch {
    return false
  }
}

const etcdArguments = (folder: string, client: string, peer: string): readonly string[] => [
  ...['--name=test', `--data-dir=${folder}`, '--unsafe-no-fsync', '--log-level=warn'],
  ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
  ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=test=${peer}`],
]

const apiServerArguments = (folder: string, etcd: string, port: number): readonly string[] => [
  ...[`--etcd-servers=${etcd}`, `--bind-address=${loopback}`, `--secure-port=${port}`, `--advertise-address=${loopback}`],
  ...['--endpoint-reconciler-type=none', `--cert-dir=${join(folder, 'certs')}`, '--service-cluster-ip-range=10.0.0.0/24'],
  ...['--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${join(folder, 'sa.pub')}`],
  ...[`--service-account-signing-key-file=${join(folder, 'sa.key')}`, `--token-auth-file=${join(folder, 'tokens.csv')}`],
  ...['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount'],
  ...[`--audit-policy-file=${join(folder, 'audit.json')}`, `--audit-log-path=${join(folder, 'audit.log')}`],
]

/** Who asks for what, without contents; of service accounts only. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
}

interface AuditEvent {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef?: { readonly apiGroup?: string; readonly resource: string; readonly namespace?: string; readonly name?: string }
  readonly responseStatus: { readonly code: number }
}

const parseAudit = (log: string, user: string): readonly AuditedRequest[] =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line): AuditEvent => JSON.parse(line))
    .filter(({ user: { username } }) => username === user)
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      group: objectRef?.apiGroup ?? '',
      resource: objectRef?.resource ?? '',
      namespace: objectRef?.namespace ?? null,
      name: objectRef?.name ?? null,
      status: responseStatus.code,
    }))

const controllers = [
  'namespace',
  'serviceaccount',
  'serviceaccount-token',
  'garbage-collector',
  'statefulset',
  'root-ca-certificate-publisher',
]

const controllerArguments = (folder: string, kubeconfig: string, port: number): readonly string[] => [
  ...['', 'authentication-', 'authorization-'].map((kind) => `--${kind}kubeconfig=${kubeconfig}`),
  ...[`--bind-address=${loopback}`, `--secure-port=${port}`, `--cert-dir=${join(folder, 'certs')}`, '--leader-elect=false'],
  ...['--use-service-account-credentials', `--service-account-private-key-file=${join(folder, 'sa.key')}`],
  ...[
    `--root-ca-file=${join(folder, 'certs', 'apiserver.crt')}`,
    `--controllers=${controllers.map((each) => `${each}-controller`).join()}`,
  ],
]

const readToken = (body: string): string => {
  const { status } = JSON.parse(body) as { readonly status?: { readonly token?: string } }
  if (status?.token === undefined) throw new Error(`cannot get a token: ${body}`)
  return status.token
}

/**
 * Starts a cluster on free ports of the loopback address, in a folder of its own; nothing of it is left afterwards, even when this process is killed.
 * Takes about five seconds, and ten minutes more where its programs have to be built.
 *
 * @example
 * await using cluster = await startCluster()
 * await cluster.admin.list('/api/v1/namespaces')
 */
export const startCluster = async ({ controllers: withControllers }: ClusterOptions = {}): Promise<Cluster> => {
  const programs = await buildPrograms(['etcd', 'kube-apiserver', ...(withControllers ? (['kube-controller-manager'] as const) : [])], {
    env: process.env,
  })
  const folder = await mkdtemp(join(tmpdir(), 'feast-cluster-'))
  const [client = 0, peer = 0, port = 0, controllerPort = 0] = await freePorts(4)
  const token = randomBytes(16).toString('hex')
  const [etcdUrl, url] = [`http://${loopback}:${client}`, `https://${loopback}:${port}`]
  await mkdir(join(folder, 'certs'))
  await writeKeys(folder)
  await writeFile(join(folder, 'audit.json'), JSON.stringify(auditPolicy))
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 })
  const readCa = (): Promise<string> => readFile(join(folder, 'certs', 'apiserver.crt'), 'utf8')
  const running: Daemon[] = []

  const start = async (name: string, program: string, args: readonly string[], isReady: () => Promise<boolean>): Promise<Daemon> => {
    const daemon = await startDaemon({ program, args, log: join(folder, `${name}.log`), folder, isReady, seconds: 120 })
    running.push(daemon)
    return daemon
  }
  const startApiServer = (): Promise<Daemon> =>
    start('kube-apiserver', programs['kube-apiserver'], apiServerArguments(folder, etcdUrl, port), () =>
      isOk(async () => {
        const request = { method: 'GET', path: '/readyz' } as const
        return (await sendHttp(new URL('/readyz', url), { request, token, ca: await readCa(), timeoutMs: 5_000 })).status
      }),
    )
  const dispose = async (): Promise<void> => {
    for (const daemon of running.toReversed()) await daemon.stop()
    await rm(folder, { recursive: true, force: true })
  }

  try {
    await start('etcd', programs.etcd, etcdArguments(join(folder, 'etcd'), etcdUrl, `http://${loopback}:${peer}`), () =>
      isOk(async () => (await fetch(`${etcdUrl}/health`)).status),
    )
    let apiServer = await startApiServer()
    const ca = await readCa()
    const kubeconfig = join(folder, 'kubeconfig')
    await writeFile(kubeconfig, describeKubeconfig(url, ca, token), { mode: 0o600 })
    const admin = join(folder, 'admin')
    await mkdir(admin)
    await writeFile(join(admin, 'token'), token, { mode: 0o600 })
    await writeFile(join(admin, 'ca.crt'), ca)
    const send = createInClusterSender({ url, serviceAccountDir: admin })
    if (withControllers) {
      const manager = programs['kube-controller-manager']
      const account = { method: 'GET', path: '/api/v1/namespaces/default/serviceaccounts/default' } as const
      await start('kube-controller-manager', manager, controllerArguments(folder, kubeconfig, controllerPort), () =>
        isOk(async () => (await send(account)).status),
      )
    }
    const mountServiceAccount = async (namespace: string, name: string): Promise<string> => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
      const post = (to: string, body: object) =>
        send({ method: 'POST', path: to, contentType: 'application/json', body: JSON.stringify(body) })
      await post(path, { metadata: { name } })
      const { body } = await post(`${path}/${name}/token`, { spec: { expirationSeconds: 3600 } })
      const mount = await mkdtemp(join(folder, 'account-'))
      await writeFile(join(mount, 'token'), readToken(body), { mode: 0o600 })
      await writeFile(join(mount, 'ca.crt'), ca)
      await writeFile(join(mount, 'namespace'), namespace)
      return mount
    }
    return {
      ...{ url, ca, folder, kubeconfig, send, mountServiceAccount },
      admin: createKubernetesClient(send),
      readRequests: async (namespace, name) =>
        parseAudit(await readFile(join(folder, 'audit.log'), 'utf8'), `system:serviceaccount:${namespace}:${name}`),
      restart: async (meanwhile) => {
        await apiServer.stop()
        running.splice(running.indexOf(apiServer), 1)
        await meanwhile?.()
        apiServer = await startApiServer()
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}
