import type { KubernetesObject } from '@charmed-feast/charm'
import { matchesSelector } from '@charmed-feast/charm/testing'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection, type Informer } from '../kubernetes/informer.ts'
import { type KubernetesResource, listResources, resourcePathOf } from '../kubernetes/resource.ts'
import { type ChildGroup, childName, groupName, isChild, manageChildren } from './child.ts'
import { type DecoratorSpec, parseDecorator, type Webhook } from './decorator-controller.ts'
import { askHook, type HookAnswer, type Later } from './hook.ts'
import { decorateParent, finalizersOf, setFinalizer } from './parent.ts'
import { type Timer, WorkQueue } from './queue.ts'

/** What every decorator works with. */
export interface DecoratorTools {
  readonly connection: KubernetesConnection
  readonly timer: Timer
  readonly turn: () => Promise<void>
  readonly resolve: (url: URL) => URL
  /** Says in the cluster that a parent could not be synced, and why. */
  readonly tellFailure: (parent: KubernetesObject, error: unknown) => void
  readonly log: (line: string) => void
}

interface Followed {
  readonly resource: KubernetesResource
  readonly informer: Informer
}

const findResource = async (
  connection: KubernetesConnection,
  apiVersion: string,
  plural: string,
): Promise<KubernetesResource | undefined> => (await listResources(connection, apiVersion)).find((resource) => resource.plural === plural)

/** One DecoratorController at work: what it looks after, and what it made. */
export class Decorator implements AsyncDisposable {
  readonly #controller: KubernetesObject
  readonly #spec: DecoratorSpec
  readonly #tools: DecoratorTools
  readonly #parents: (Followed & { readonly rule: DecoratorSpec['resources'][number] })[] = []
  readonly #children: (Followed & { readonly method: string })[] = []
  readonly #queue: WorkQueue
  #resync: Disposable | null = null

  private constructor(controller: KubernetesObject, tools: DecoratorTools) {
    this.#controller = controller
    this.#spec = parseDecorator(controller)
    this.#tools = tools
    this.#queue = new WorkQueue({
      workers: 5,
      timer: tools.timer,
      work: (key) => this.#sync(key),
      onFailure: (key, error) => {
        const parent = this.#parentOf(key)?.parent
        if (parent) tools.tellFailure(parent, error)
      },
    })
  }

  /**
   * Starts a controller; null when a resource that it names is not served: nothing is asked or made then.
   */
  static async start(controller: KubernetesObject, tools: DecoratorTools): Promise<Decorator | null> {
    const decorator = new Decorator(controller, tools)
    if (!(await decorator.#follow())) {
      await decorator[Symbol.asyncDispose]()
      return null
    }
    decorator.#resyncAll()
    return decorator
  }

  async #follow(): Promise<boolean> {
    const { connection, log } = this.#tools
    const wanted = [
      ...this.#spec.attachments.map((rule) => ({ rule, parents: false })),
      ...this.#spec.resources.map((rule) => ({ rule, parents: true })),
    ]
    for (const { rule } of wanted) {
      if (await findResource(connection, rule.apiVersion, rule.resource)) continue
      log(`controller "${this.#spec.name}" waits: can't find resource "${rule.resource}" in ${rule.apiVersion}`)
      return false
    }
    for (const rule of this.#spec.attachments) {
      const followed = await this.#followOne(rule, (object) => this.#onChild(object))
      this.#children.push({ ...followed, method: rule.method })
    }
    await Promise.all(this.#children.map(({ informer }) => informer.ready))
    for (const rule of this.#spec.resources) {
      const followed = await this.#followOne(rule, (object) => this.#queue.add(keyOf(rule, object)))
      this.#parents.push({ ...followed, rule })
    }
    await Promise.all(this.#parents.map(({ informer }) => informer.ready))
    for (const { rule, informer } of this.#parents) for (const object of informer.objects()) this.#queue.add(keyOf(rule, object))
    return true
  }

  async #followOne(
    { apiVersion, resource: plural }: { readonly apiVersion: string; readonly resource: string },
    onChange: (object: KubernetesObject) => void,
  ): Promise<Followed> {
    const { connection, log } = this.#tools
    const resource = await findResource(connection, apiVersion, plural)
    if (!resource) throw new Error(`cannot find resource "${plural}": it went while the controller started`)
    const informer = followCollection({
      connection,
      path: resourcePathOf(resource),
      head: { apiVersion, kind: resource.kind },
      onChange: (object, before) => onChange(object ?? before ?? missing),
      onFailure: (error) => log(`watching ${plural} begins anew: ${error instanceof Error ? error.message : String(error)}`),
    })
    return { resource, informer }
  }

  /** A child that changed brings its parent's turn. */
  #onChild(object: KubernetesObject): void {
    for (const { rule, informer } of this.#parents) {
      const parent = informer.objects().find(({ metadata }) => isChild(object, this.#spec.name, metadata.uid))
      if (parent) this.#queue.add(keyOf(rule, parent))
    }
  }

  #resyncAll(): void {
    const { resyncPeriodSeconds } = this.#spec
    if (resyncPeriodSeconds === 0) return
    this.#resync = this.#tools.timer(resyncPeriodSeconds * 1000, () => {
      for (const { rule, informer } of this.#parents) for (const object of informer.objects()) this.#queue.add(keyOf(rule, object))
      this.#resyncAll()
    })
  }

  #parentOf(key: string): { readonly parent: KubernetesObject; readonly path: string; readonly matches: boolean } | null {
    for (const { rule, resource, informer } of this.#parents) {
      const [plural, namespace, name = ''] = key.split(' ')
      if (plural !== `${rule.apiVersion}/${rule.resource}`) continue
      const parent = informer.get(namespace === '' ? undefined : namespace, name)
      if (!parent) return null
      const path = resourcePathOf(resource, parent.metadata.namespace, parent.metadata.name)
      return { parent, path, matches: matchesSelector(parent.metadata.labels ?? {}, rule.selector) }
    }
    return null
  }

  async #sync(key: string): Promise<number | null> {
    const found = this.#parentOf(key)
    if (!found) return null
    const { parent, path, matches } = found
    const { finalize, name } = this.#spec
    const finalizer = `metacontroller.io/decoratorcontroller-${name}`
    const held = finalizersOf(parent).includes(finalizer)
    const deleting = parent.metadata.deletionTimestamp !== undefined
    if (!matches && !held) return null
    if (finalize !== null && matches && !held && !deleting) {
      await setFinalizer(this.#tools.connection, { parent, path, finalizer, present: true })
    }
    const finalizing = finalize !== null && (deleting || !matches)
    const webhook = finalizing ? finalize : this.#spec.sync
    if (webhook === null) return null
    const answer = await this.#ask(webhook, { parent, finalizing })
    if ('laterSeconds' in answer) return answer.laterSeconds * 1000
    await this.#settle({ parent, path, answer, finalizing })
    if (finalizing && held && answer.finalized) await this.#letGo(key, finalizer)
    return answer.resyncAfterSeconds > 0 ? answer.resyncAfterSeconds * 1000 : null
  }

  async #settle(given: {
    readonly parent: KubernetesObject
    readonly path: string
    readonly answer: HookAnswer
    readonly finalizing: boolean
  }): Promise<void> {
    const { parent, path, answer, finalizing } = given
    await decorateParent(this.#tools.connection, { parent, path, answer })
    // What goes anyway is not made anew; a finalize hook still says what goes first.
    if (parent.metadata.deletionTimestamp !== undefined && !finalizing) return
    const { connection, turn, log } = this.#tools
    const parenthood = { connection, controller: this.#spec.name, parent, turn, log }
    await manageChildren(answer.attachments, { groups: this.#groupsOf(parent), find: (object) => this.#find(object), parenthood })
  }

  async #letGo(key: string, finalizer: string): Promise<void> {
    const found = this.#parentOf(key)
    if (found) await setFinalizer(this.#tools.connection, { ...found, finalizer, present: false })
  }

  #groupsOf(parent: KubernetesObject): readonly ChildGroup[] {
    const groups = this.#children.map(({ resource, informer, method }) => {
      const own = informer.objects().filter((object) => isChild(object, this.#spec.name, parent.metadata.uid))
      const named = own.map((object) => [childName(object), object] as const).sort(([left], [right]) => (left < right ? -1 : 1))
      return { resource, method, observed: Object.fromEntries(named) }
    })
    return groups.sort((left, right) => (groupName(left.resource) < groupName(right.resource) ? -1 : 1))
  }

  async #find({ apiVersion, kind }: KubernetesObject): Promise<KubernetesResource> {
    const found = (await listResources(this.#tools.connection, apiVersion ?? '')).find((resource) => resource.kind === kind)
    if (found) return found
    throw new Error(`can't find a resource of kind ${kind} in ${apiVersion}`)
  }

  async #ask(webhook: Webhook, given: { readonly parent: KubernetesObject; readonly finalizing: boolean }): Promise<HookAnswer | Later> {
    const { parent, finalizing } = given
    const groups = this.#groupsOf(parent)
    const attachments = Object.fromEntries(groups.map(({ resource, observed }) => [groupName(resource), observed]))
    const body = JSON.stringify({ controller: this.#controller, object: parent, attachments, related: {}, finalizing })
    return askHook({ webhook, body, token: await this.#tokenOf(webhook), resolve: this.#tools.resolve })
  }

  async #tokenOf({ secret }: Webhook): Promise<string | null> {
    if (secret === null) return null
    const path = `/api/v1/namespaces/${secret.namespace}/secrets/${secret.name}`
    const { data } = (await this.#tools.connection.call({ method: 'GET', path })) as { readonly data?: Readonly<Record<string, string>> }
    return Buffer.from(data?.[secret.key] ?? '', 'base64').toString()
  }

  /** Whether no parent waits to be looked at. */
  get idle(): boolean {
    return this.#queue.idle
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#resync?.[Symbol.dispose]()
    await Promise.all([...this.#parents, ...this.#children].map(({ informer }) => informer[Symbol.asyncDispose]()))
    await this.#queue[Symbol.asyncDispose]()
  }
}

const missing: KubernetesObject = { apiVersion: '', kind: '', metadata: { name: '' } }

const keyOf = (rule: { readonly apiVersion: string; readonly resource: string }, { metadata }: KubernetesObject): string =>
  `${rule.apiVersion}/${rule.resource} ${typeof metadata.namespace === 'string' ? metadata.namespace : ''} ${metadata.name}`
