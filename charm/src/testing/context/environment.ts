import { ToolError } from '../tool/tool-error.ts'
import type { HookContext } from './context.ts'

/** What the agent adds to a hook's environment that no model knows. */
export interface HookPlace {
  /** The charm's folder, in which the hook starts. */
  readonly charmDir: string
  /** The folder of the hook tools, first on PATH. */
  readonly toolDir: string
  /** PATH behind it. */
  readonly path: string
  readonly socket: string
  readonly contextId: string
  readonly jujuVersion: string
  readonly apiAddresses: string
  readonly cloudApiVersion: string
}

/**
 * The environment of a hook, as Juju 3.6.25 sets it (recorded; juju-tools.md §1 and charm-compat.md §1.3), without what the
 * operating system adds.
 *
 * @example
 * hookEnvironment(context, place)['JUJU_HOOK_NAME']   // 'db-relation-changed'
 */
export function hookEnvironment(context: HookContext, place: HookPlace): Record<string, string> {
  const { hook, unit, model } = context
  const variables: Record<string, string> = {
    CHARM_DIR: place.charmDir,
    JUJU_CHARM_DIR: place.charmDir,
    JUJU_CONTEXT_ID: place.contextId,
    JUJU_HOOK_NAME: hook.action ? '' : context.hookName,
    JUJU_AGENT_SOCKET_ADDRESS: place.socket,
    JUJU_AGENT_SOCKET_NETWORK: 'unix',
    JUJU_UNIT_NAME: context.unitName,
    JUJU_MODEL_UUID: model.uuid,
    JUJU_MODEL_NAME: model.name,
    JUJU_API_ADDRESSES: place.apiAddresses,
    JUJU_SLA: 'unsupported',
    JUJU_MACHINE_ID: unit.machine ?? '',
    JUJU_PRINCIPAL_UNIT: '',
    JUJU_AVAILABILITY_ZONE: unit.zone,
    JUJU_VERSION: place.jujuVersion,
    CLOUD_API_VERSION: place.cloudApiVersion,
    JUJU_CHARM_HTTP_PROXY: '',
    JUJU_CHARM_HTTPS_PROXY: '',
    JUJU_CHARM_FTP_PROXY: '',
    JUJU_CHARM_NO_PROXY: '',
    PATH: `${place.toolDir}:${place.path}`,
  }
  return {
    ...variables,
    ...relationVariables(context),
    ...actionVariables(context),
    ...workloadVariables(context),
    ...secretVariables(context),
    ...storageVariables(context),
  }
}

function relationVariables({ hook, hookRelation }: HookContext): Record<string, string> {
  if (!hookRelation) return {}
  return {
    JUJU_RELATION: hookRelation.side.own.endpoint,
    JUJU_RELATION_ID: hookRelation.fakeId,
    JUJU_REMOTE_UNIT: hook.remoteUnit ?? '',
    JUJU_REMOTE_APP: hook.remoteApplication ?? '',
    ...(hook.departingUnit === undefined ? {} : { JUJU_DEPARTING_UNIT: hook.departingUnit }),
  }
}

function actionVariables({ hook: { action } }: HookContext): Record<string, string> {
  if (!action) return {}
  return { JUJU_ACTION_NAME: action.name, JUJU_ACTION_UUID: action.id, JUJU_ACTION_TAG: `action-${action.id}` }
}

function workloadVariables({ hook: { workload, notice, check } }: HookContext): Record<string, string> {
  if (workload === undefined) return {}
  return {
    JUJU_WORKLOAD_NAME: workload,
    ...(notice ? { JUJU_NOTICE_ID: notice.id, JUJU_NOTICE_TYPE: notice.type, JUJU_NOTICE_KEY: notice.key } : {}),
    ...(check === undefined ? {} : { JUJU_PEBBLE_CHECK_NAME: check }),
  }
}

function secretVariables(context: HookContext): Record<string, string> {
  const { secret } = context.hook
  if (!secret) return {}
  const label = secret.label ?? context.secrets.stored(secret.uri.replace(/^.*[:/]/, ''))?.label ?? ''
  return {
    JUJU_SECRET_ID: secret.uri,
    JUJU_SECRET_LABEL: label,
    ...(secret.revision === undefined || secret.revision <= 0 ? {} : { JUJU_SECRET_REVISION: String(secret.revision) }),
  }
}

function storageVariables({ hook, unit }: HookContext): Record<string, string> {
  if (hook.storage === undefined) return {}
  const storage = unit.storage[hook.storage]
  if (!storage) throw new ToolError(`storage attachment ${hook.storage}:${unit.name} not found`)
  return { JUJU_STORAGE_ID: hook.storage, JUJU_STORAGE_LOCATION: storage.location, JUJU_STORAGE_KIND: storage.kind }
}

/** What Juju adds on Ubuntu: no terminal, UTF-8, quiet package tools. */
export const systemVariables: Readonly<Record<string, string>> = {
  TERM: 'tmux-256color',
  LANG: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
  APT_LISTCHANGES_FRONTEND: 'none',
}
