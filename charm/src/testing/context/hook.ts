import type { Printable } from '../tool/go-json.ts'

/** Why a hook runs, as Juju's agent knows it before the charm is started. */
export interface Hook {
  /** Juju's kind: `install`, `relation-changed`, `pebble-ready`, `secret-rotate`, `storage-attached`, `action`… */
  readonly kind: string
  /** The relation's id, in relation hooks. */
  readonly relation?: number
  readonly remoteUnit?: string
  readonly remoteApplication?: string
  readonly departingUnit?: string
  /** The container's name, in Pebble hooks. */
  readonly workload?: string
  readonly notice?: { readonly id: string; readonly type: string; readonly key: string }
  readonly check?: string
  readonly secret?: { readonly uri: string; readonly label?: string; readonly revision?: number }
  /** The storage's id (`data/0`), in storage hooks. */
  readonly storage?: string
  readonly action?: { readonly name: string; readonly id: string; readonly params: { readonly [key: string]: Printable } }
}

/**
 * The hook's name as `JUJU_DISPATCH_PATH` has it: `db-relation-changed`, `data-storage-attached`, `feast-ui-pebble-ready`.
 *
 * @example
 * hookName({ kind: 'relation-joined', relation: 7 }, 'db')   // 'db-relation-joined'
 */
export function hookName(hook: Hook, endpoint: string | undefined): string {
  if (hook.action) return hook.action.name
  const owner = endpoint ?? hook.workload ?? hook.storage?.split('/')[0]
  return owner === undefined ? hook.kind : `${owner}-${hook.kind}`
}
