import { charmError } from './errors.ts'
import { type HookEvent, lifecycleKinds, pebbleKinds, relationKinds, secretKinds, storageKinds } from './event.ts'

/** The environment of a hook: names to values, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A proxy that the model's configuration asks the charm to use; null where it does not. */
export interface ProxySettings {
  /** `JUJU_CHARM_HTTP_PROXY`. */
  readonly http: string | null
  /** `JUJU_CHARM_HTTPS_PROXY`. */
  readonly https: string | null
  /** `JUJU_CHARM_FTP_PROXY`. */
  readonly ftp: string | null
  /** `JUJU_CHARM_NO_PROXY`. */
  readonly no: string | null
}

/** All that Juju says about a hook before any tool is called. Parsed once, frozen. */
export interface JujuContext {
  /** Why the charm runs, with all variables of its kind. */
  readonly event: HookEvent
  /** The hook or action as Juju names it: the last part of `JUJU_DISPATCH_PATH`. */
  readonly name: string
  /** `JUJU_UNIT_NAME`, for instance `feast-ui/0`. */
  readonly unit: string
  /** The part of `JUJU_UNIT_NAME` before the slash. */
  readonly app: string
  /** The part of `JUJU_UNIT_NAME` behind the slash. */
  readonly unitNumber: number
  /** `JUJU_MODEL_NAME`; on Kubernetes also the namespace. */
  readonly modelName: string
  /** `JUJU_MODEL_UUID`. */
  readonly modelUuid: string
  /** `JUJU_CHARM_DIR` (or `CHARM_DIR`): where the charm is unpacked and every hook starts. */
  readonly charmDir: string
  /** `JUJU_VERSION`, for instance `3.6.9`; empty when a very old Juju does not say. */
  readonly jujuVersion: string
  /** `JUJU_CONTEXT_ID`: what the hook tools name this hook by. */
  readonly contextId: string
  /** `JUJU_AGENT_SOCKET_ADDRESS`: where the hook tools reach the agent. */
  readonly agentSocketAddress: string
  /** `JUJU_AGENT_SOCKET_NETWORK`: `unix` or `tcp`. */
  readonly agentSocketNetwork: string
  /** `JUJU_API_ADDRESSES`, split at blanks: the controller's `host:port`. */
  readonly apiAddresses: readonly string[]
  /** `CLOUD_API_VERSION`: the version of Kubernetes; null where Juju does not say. */
  readonly cloudApiVersion: string | null
  /** `JUJU_SLA`; `unsupported` in every Juju of today. */
  readonly sla: string | null
  /** `JUJU_MACHINE_ID`; null on Kubernetes. */
  readonly machineId: string | null
  /** `JUJU_AVAILABILITY_ZONE`; null on Kubernetes. */
  readonly availabilityZone: string | null
  /** `JUJU_PRINCIPAL_UNIT`: whom a subordinate serves; else null. */
  readonly principalUnit: string | null
  /** `JUJU_TARGET_BASE`: what a machine is being upgraded to; else null. */
  readonly targetBase: string | null
  /** `JUJU_DEBUG`: set to anything, log lines go to standard error too. */
  readonly debug: boolean
  /** `JUJU_CHARM_…_PROXY`. */
  readonly proxy: ProxySettings
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` as one URL; null outside a cluster. `CHARM_KUBERNETES_URL` (ours, not Juju's) wins. */
  readonly kubernetesUrl: string | null
  /** `CHARM_SERVICE_ACCOUNT_DIR` (ours, not Juju's): where `token`, `ca.crt` and `namespace` lie; by default where Kubernetes mounts them. */
  readonly serviceAccountDir: string
  /** `CHARM_CONTAINERS_DIR` (ours, not Juju's): the folder of `<container>/pebble.socket`; `/charm/containers` by default. */
  readonly containersDir: string
}

const text = (env: Environment, name: string): string | null => env[name] || null

const required = (env: Environment, name: string): string => {
  const value = env[name]
  if (!value) throw charmError('CHARM_CONTEXT_INVALID', [name, 'it is not set; is this process run by Juju?'])
  return value
}

const oneOf = <Kind extends string>(kinds: readonly Kind[], name: string | undefined): Kind | undefined =>
  kinds.find((kind) => kind === name)

const number = (env: Environment, name: string, value: string | undefined): number => {
  if (value === undefined || !/^\d+$/.test(value)) throw charmError('CHARM_CONTEXT_INVALID', [name, `"${env[name]}" has no number`])
  return Number(value)
}

const relationEvent = (env: Environment, name: string): HookEvent | undefined => {
  const endpoint = text(env, 'JUJU_RELATION')
  const kind = endpoint === null ? undefined : oneOf(relationKinds, name.slice(endpoint.length + 1))
  if (endpoint === null || kind === undefined) return undefined
  const id = required(env, 'JUJU_RELATION_ID').split(':').at(-1)
  return {
    kind,
    endpoint,
    relationId: number(env, 'JUJU_RELATION_ID', id),
    remoteApp: text(env, 'JUJU_REMOTE_APP') ?? text(env, 'JUJU_REMOTE_UNIT')?.split('/')[0] ?? null,
    remoteUnit: text(env, 'JUJU_REMOTE_UNIT'),
    departingUnit: text(env, 'JUJU_DEPARTING_UNIT'),
  }
}

const pebbleEvent = (env: Environment, name: string): HookEvent | undefined => {
  const container = text(env, 'JUJU_WORKLOAD_NAME')
  const kind = container === null ? undefined : oneOf(pebbleKinds, name.slice(container.length + 1))
  if (container === null || kind === undefined) return undefined
  const id = text(env, 'JUJU_NOTICE_ID')
  const notice = id === null ? null : { id, type: required(env, 'JUJU_NOTICE_TYPE'), key: required(env, 'JUJU_NOTICE_KEY') }
  return { kind, container, notice, check: text(env, 'JUJU_PEBBLE_CHECK_NAME') }
}

const secretEvent = (env: Environment, name: string): HookEvent | undefined => {
  const kind = oneOf(secretKinds, name)
  if (kind === undefined) return undefined
  const revision = text(env, 'JUJU_SECRET_REVISION')
  return {
    kind,
    id: required(env, 'JUJU_SECRET_ID'),
    label: text(env, 'JUJU_SECRET_LABEL'),
    revision: revision === null ? null : number(env, 'JUJU_SECRET_REVISION', revision),
  }
}

const storageEvent = (env: Environment, name: string): HookEvent | undefined => {
  const kind = storageKinds.find((each) => name.endsWith(`-${each}`))
  if (kind === undefined) return undefined
  return {
    kind,
    storage: required(env, 'JUJU_STORAGE_ID'),
    location: text(env, 'JUJU_STORAGE_LOCATION'),
    storageKind: text(env, 'JUJU_STORAGE_KIND'),
  }
}

const parseEvent = (env: Environment, path: string, name: string): HookEvent => {
  if (path.startsWith('actions/')) return { kind: 'action', name, id: text(env, 'JUJU_ACTION_UUID') ?? '' }
  const lifecycle = oneOf(lifecycleKinds, name)
  if (lifecycle !== undefined) return { kind: lifecycle }
  return (
    relationEvent(env, name) ??
    pebbleEvent(env, name) ??
    secretEvent(env, name) ??
    storageEvent(env, name) ?? {
      kind: 'other',
      name,
    }
  )
}

const parseKubernetesUrl = (env: Environment): string | null => {
  const url = text(env, 'CHARM_KUBERNETES_URL')
  const host = text(env, 'KUBERNETES_SERVICE_HOST')
  if (url !== null || host === null) return url
  const port = text(env, 'KUBERNETES_SERVICE_PORT') ?? '443'
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * Reads what Juju says in the environment. Variables of Juju 3.6 (`../shared/spec/charm-compat.md` §1.3).
 *
 * @throws {CharmError} `CHARM_CONTEXT_INVALID` when a variable that Juju always sets is missing or is not what it should be.
 *
 * @example
 * const context = parseContext({
 *   JUJU_DISPATCH_PATH: 'hooks/db-relation-changed', JUJU_UNIT_NAME: 'feast-ui/0', JUJU_MODEL_NAME: 'kubeflow', JUJU_MODEL_UUID: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
 *   JUJU_CHARM_DIR: '/charm', JUJU_RELATION: 'db', JUJU_RELATION_ID: 'db:7', JUJU_REMOTE_APP: 'pg', JUJU_REMOTE_UNIT: '',
 * })
 * context.event // { kind: 'relation-changed', endpoint: 'db', relationId: 7, remoteApp: 'pg', remoteUnit: null, departingUnit: null }
 */
export const parseContext = (env: Environment): JujuContext => {
  const path = text(env, 'JUJU_DISPATCH_PATH') ?? `hooks/${required(env, 'JUJU_HOOK_NAME')}`
  const name = path.slice(path.lastIndexOf('/') + 1)
  const unit = required(env, 'JUJU_UNIT_NAME')
  const [app = '', unitNumber] = unit.split('/')
  const proxy = {
    http: text(env, 'JUJU_CHARM_HTTP_PROXY'),
    https: text(env, 'JUJU_CHARM_HTTPS_PROXY'),
    ftp: text(env, 'JUJU_CHARM_FTP_PROXY'),
    no: text(env, 'JUJU_CHARM_NO_PROXY'),
  }
  return Object.freeze({
    event: Object.freeze(parseEvent(env, path, name)),
    name,
    unit,
    app,
    unitNumber: number(env, 'JUJU_UNIT_NAME', unitNumber),
    modelName: required(env, 'JUJU_MODEL_NAME'),
    modelUuid: required(env, 'JUJU_MODEL_UUID'),
    charmDir: text(env, 'JUJU_CHARM_DIR') ?? required(env, 'CHARM_DIR'),
    jujuVersion: text(env, 'JUJU_VERSION') ?? '',
    contextId: text(env, 'JUJU_CONTEXT_ID') ?? '',
    agentSocketAddress: text(env, 'JUJU_AGENT_SOCKET_ADDRESS') ?? '',
    agentSocketNetwork: text(env, 'JUJU_AGENT_SOCKET_NETWORK') ?? 'unix',
    apiAddresses: Object.freeze((text(env, 'JUJU_API_ADDRESSES') ?? '').split(' ').filter((address) => address !== '')),
    cloudApiVersion: text(env, 'CLOUD_API_VERSION'),
    sla: text(env, 'JUJU_SLA'),
    machineId: text(env, 'JUJU_MACHINE_ID'),
    availabilityZone: text(env, 'JUJU_AVAILABILITY_ZONE'),
    principalUnit: text(env, 'JUJU_PRINCIPAL_UNIT'),
    targetBase: text(env, 'JUJU_TARGET_BASE'),
    debug: text(env, 'JUJU_DEBUG') !== null,
    proxy: Object.freeze(proxy),
    kubernetesUrl: parseKubernetesUrl(env),
    serviceAccountDir: text(env, 'CHARM_SERVICE_ACCOUNT_DIR') ?? '/var/run/secrets/kubernetes.io/serviceaccount',
    containersDir: text(env, 'CHARM_CONTAINERS_DIR') ?? '/charm/containers',
  })
}
