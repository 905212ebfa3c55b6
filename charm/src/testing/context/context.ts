import { applyChange } from '../model/apply-change.ts'
import type { ActionResults, Change, LogLine, RebootRequest, SecretFields, SecretUri } from '../model/change.ts'
import {
  type Application,
  applicationOf,
  type Bag,
  type ConfigValue,
  type Model,
  type ModelHolder,
  newApplication,
  newUnit,
  type Status,
  type Unit,
} from '../model/model.ts'
import { newSecretId, type SecretOwner } from '../model/secret.ts'
import { readSecret } from '../model/secret-read.ts'
import { ToolError } from '../tool/tool-error.ts'
import { type Hook, hookName } from './hook.ts'
import { PortContext } from './ports.ts'
import { type RelationContext, relationContexts } from './relations.ts'
import { SecretContext } from './secrets.ts'

/** What {@link HookContext} is made of. */
export interface HookContextOptions {
  readonly holder: ModelHolder
  /** The unit that runs the hook. */
  readonly unit: string
  readonly hook: Hook
  /** Relations that the unit's agent has heard of, with the remote units that joined; by default all of its application's, with everybody in scope. */
  readonly relations?: ReadonlyMap<number, readonly string[]>
  readonly clock?: () => Date
  readonly newSecretId?: () => string
}

/** What `secret-get` was asked for. */
export interface SecretRequest {
  readonly uri: SecretUri | null
  readonly label: string
  readonly refresh: boolean
  readonly peek: boolean
}

/**
 * One hook or action as Juju's agent holds it: what was read is kept for the hook, what was written waits for its end, and
 * what cannot wait changes the model at once (juju-tools.md §2 to §4). {@link endHook} ends it.
 *
 * @example
 * const context = new HookContext({ holder: { model }, unit: 'feast-ui/0', hook: { kind: 'update-status' } })
 * runTool(context, { tool: 'is-leader', args: ['--format=json'] })   // { exit: 0, stdout: 'true\n', stderr: '' }
 */
export class HookContext {
  readonly unitName: string
  readonly hook: Hook
  readonly relations: ReadonlyMap<number, RelationContext>
  readonly ports: PortContext
  readonly secrets: SecretContext
  /** Changes that were made at once, oldest first. */
  readonly changes: Change[] = []
  readonly log: LogLine[] = []
  readonly clock: () => Date
  readonly storageAsked: { readonly name: string; readonly count: number }[] = []
  actionResults: ActionResults = {}
  actionMessage = ''
  actionFailed = false
  reboot: RebootRequest | null = null
  readonly #holder: ModelHolder
  readonly #newSecretId: () => string
  #notLeader = false
  #config: Readonly<Record<string, ConfigValue>> | null = null
  #status: Status | null = null
  #charmState: Map<string, string> | null = null
  #charmStateChanged = false

  constructor(options: HookContextOptions) {
    const { holder, unit, hook } = options
    this.#holder = holder
    this.#newSecretId = options.newSecretId ?? newSecretId
    this.clock = options.clock ?? (() => new Date())
    this.unitName = unit
    this.hook = hook
    this.relations = relationContexts({ holder, unit, hook, known: options.relations ?? null })
    if (hook.relation !== undefined && !this.relations.has(hook.relation)) throw new Error(`unknown relation id: ${hook.relation}`)
    this.ports = new PortContext(holder.model, unit)
    this.secrets = new SecretContext(holder.model, unit)
  }

  /** The model as it is now. */
  get model(): Model {
    return this.#holder.model
  }

  get unit(): Unit {
    return this.model.units[this.unitName] ?? newUnit(this.unitName)
  }

  get applicationName(): string {
    return applicationOf(this.unitName)
  }

  get application(): Application {
    return this.model.applications[this.applicationName] ?? newApplication(this.applicationName)
  }

  /** The relation that the hook is about. */
  get hookRelation(): RelationContext | undefined {
    return this.hook.relation === undefined ? undefined : this.relations.get(this.hook.relation)
  }

  get hookName(): string {
    return hookName(this.hook, this.hookRelation?.side.own.endpoint)
  }

  /** Changes the model at once. */
  change(change: Change): void {
    this.changes.push(change)
    this.#holder.model = applyChange(this.#holder.model, change)
  }

  /** Whether the unit leads; once it did not, that stays for the hook. */
  isLeader(): boolean {
    this.#notLeader ||= this.application.leader !== this.unitName
    return !this.#notLeader
  }

  requireLeader(): void {
    if (!this.isLeader()) throw new ToolError('this unit is not the leader')
  }

  /** The configuration as it was when the hook first asked. */
  config(): Readonly<Record<string, ConfigValue>> {
    this.#config ??= this.application.config
    return this.#config
  }

  /** The unit's status as it was when the hook first asked, even after `status-set`. */
  status(): Status {
    this.#status ??= this.unit.status
    return this.#status
  }

  charmState(): ReadonlyMap<string, string> {
    return this.#writableState()
  }

  setCharmState(key: string, value: string): void {
    if (Buffer.byteLength(key) > 256) throw new ToolError('max allowed key length (256) exceeded')
    if (Buffer.byteLength(value) > 65536) throw new ToolError('max allowed value length (65536) exceeded')
    if (this.charmState().get(key) === value) return
    this.#writableState().set(key, value)
    this.#charmStateChanged = true
  }

  deleteCharmState(key: string): void {
    if (this.#writableState().delete(key)) this.#charmStateChanged = true
  }

  /** The whole charm state when the hook changed it, else null. */
  changedCharmState(): Bag | null {
    return this.#charmStateChanged ? Object.fromEntries(this.charmState()) : null
  }

  #writableState(): Map<string, string> {
    this.#charmState ??= new Map(Object.entries(this.unit.charmState))
    return this.#charmState
  }

  /** Content of a secret, in base64. */
  readSecret(request: SecretRequest): Bag {
    const { uri, label } = request
    const byUri = uri ? this.secrets.pendingContent(uri.id, label, request) : undefined
    const pending = byUri ?? (label === '' ? undefined : this.secrets.pendingContent(null, label, request))
    if (pending) return pending
    const id = uri ? undefined : this.secrets.idOfLabel(label)
    const query = id === undefined ? { uri, label } : { uri: { model: '', id }, label: '' }
    const answer = readSecret(this.model, { ...request, ...query, unit: this.unitName })
    for (const change of answer.changes) this.change(change)
    return answer.content
  }

  /** Reserves an id for a new secret, which is made when the hook ends. */
  createSecret(owner: SecretOwner, fields: SecretFields & { readonly content: Bag }): SecretUri {
    if (owner.kind === 'application') this.requireLeader()
    const uri = { model: this.model.uuid, id: this.#newSecretId() }
    this.change({ kind: 'secret-id-reserved', id: uri.id })
    this.secrets.create({ ...fields, uri, owner })
    return uri
  }

  /** Refuses to change a secret of the application on a unit that lost leadership since the hook began. */
  requireManager(id: string): void {
    if (this.secrets.stored(id)?.owner.kind === 'application') this.requireLeader()
  }
}
