import { type ApplyRooms, type ApplyScope, applyDefinitions, planDefinitions } from './apply/apply.ts'
import { applyMessages } from './apply/apply-request.ts'
import type { ApplyPlan } from './apply/plan.ts'
import { removeObjects } from './apply/remove.ts'
import { switchView } from './apply/switch-view.ts'
import { tearDownProject } from './apply/teardown.ts'
import type { AnyStoredView, Definition } from './definition/definition.ts'
import type { FeatureService } from './definition/feature-service.ts'
import type { OnDemandFeatureView } from './definition/on-demand-feature-view.ts'
import type { Asked, Checked, EntityRow, FeatureVector, Repository } from './definition/retrieval.ts'
import { traced } from './diagnostics.ts'
import { allowed, storeError } from './errors.ts'
import {
  type MaterializeResult,
  type MaterializeRooms,
  type MaterializeWork,
  materializeView,
  repairIntervals,
} from './materialize/materialize.ts'
import { type PushedRows, type PushResult, type PushTarget, pushRows } from './materialize/push.ts'
import { registryRecorder } from './materialize/recorder.ts'
import { incrementalWindow, rangeWindow } from './materialize/window.ts'
import { type Catalog, catalogOf } from './message/catalog.ts'
import { registeredText, transformText } from './message/on-demand-feature-view.ts'
import type { EntityRows } from './offline/entity-rows.ts'
import type { OfflineStore } from './offline/offline.ts'
import { type Save, TrainingSet } from './offline/training-set.ts'
import type { OnlineStore } from './online/online.ts'
import type { ReadPlanOptions } from './online/plan.ts'
import { Reading } from './online/read.ts'
import type { FeatureStatus } from './online/status.ts'
import type { Difference } from './registry/change-set.ts'
import { type Interval, intervalsOf } from './registry/interval.ts'
import type { KindName } from './registry/kind.ts'
import type { ApplyOptions, Registry } from './registry/registry.ts'
import type { RegistryRequest, RemovedObject } from './registry/request.ts'
import type { RegistrySnapshot } from './registry/snapshot.ts'
import { type AskedFor, askedNames, type ResolveOptions, resolveAsked } from './retrieve/asked.ts'
import { type EntityRowsInput, entityRowColumns, rowCount } from './retrieve/entity-rows.ts'
import { explainIn, type HistoricalOptions, historicalRetrieval, type TrainingRows } from './retrieve/historical.ts'
import { saveDataset } from './retrieve/saved-dataset.ts'
import { ServingPlans } from './retrieve/serving.ts'
import { assembleVectors, type FeatureVectors, type FindTransform } from './retrieve/vectors.ts'

/** The registry as it was last read, and anew when asked. */
export interface Snapshots extends AsyncDisposable {
  current(): Promise<RegistrySnapshot>
  refresh(): Promise<RegistrySnapshot>
}

/** What a store is made of. `openStore` opens them; nobody else needs to. */
export interface StoreRooms {
  readonly project: string
  readonly projectDescription: string
  readonly registry: Registry
  readonly snapshots: Snapshots
  /** Undefined where feature_store.yaml says `online_store: null`. */
  readonly online: OnlineStore | undefined
  /** Opened when it is first needed. */
  readonly offline: () => Promise<OfflineStore>
  readonly serving: Omit<ReadPlanOptions, 'tableOf'>
  readonly definitions: readonly Definition[]
  /** What becomes of TypeScript that is not, to the letter, what was applied. */
  readonly changedTransforms: 'refuse' | 'run'
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
  readonly close: () => Promise<void>
}

/** Whether two texts are the same code: blanks at the ends of lines are lost on the way through the registry. */
const sameText = (a: string, b: string): boolean => a.replace(/[ \t]+$/gm, '') === b.replace(/[ \t]+$/gm, '')

/** Whether a view's code is not ours to run. */
const isPythons = ({ transform }: OnDemandFeatureView): boolean =>
  transform.mode === 'stored' && registeredText(transform.stored) === undefined

const resolveOptions = (options: { readonly fullFeatureNames?: boolean; readonly skipOnDemand?: boolean }): ResolveOptions => ({
  fullFeatureNames: options.fullFeatureNames ?? false,
  ...(options.skipOnDemand === true ? { skips: isPythons } : {}),
})

/** A moment at the edge: a Date, or microseconds since 1970 (UTC). */
export type Moment = Date | bigint
const microseconds = (moment: Moment): bigint => (typeof moment === 'bigint' ? moment : BigInt(moment.getTime()) * 1000n)

/** The vectors that an online retrieval gives, typed by what was asked for. */
export interface OnlineVectors<A, Repo, Rows extends readonly unknown[], Full> {
  /** One record a row. Made when first asked for. */
  readonly rows: { readonly [I in keyof Rows]: FeatureVector<A, Repo, Full> }
  /** The same by columns. */
  readonly columns: { readonly [K in keyof FeatureVector<A, Repo, Full>]: ArrayLike<FeatureVector<A, Repo, Full>[K]> }
  /** Why each value is what it is, by feature. */
  readonly statuses: Readonly<Record<string, readonly FeatureStatus[]>>
  /** When each value was true, by feature: microseconds since 1970 (UTC), 0 where nothing was found. */
  readonly eventTimes: Readonly<Record<string, BigInt64Array>>
  readonly length: number
}

/** Options of an online retrieval. */
export interface OnlineOptions<Full extends boolean> {
  /** Names features `view__feature`. */
  readonly fullFeatureNames?: Full
  /** Gives values older than their ttl too; their status says so all the same. */
  readonly staleValues?: boolean
  /** `python`: statuses as Python's Feast gives them. */
  readonly statuses?: 'true' | 'python'
  /** All views as of one moment, whatever the size. */
  readonly snapshot?: boolean
  /** Gives nulls for features whose code is Python's, instead of an error that names their view. */
  readonly skipOnDemand?: boolean
  readonly signal?: AbortSignal
}

/**
 * A feature store: where definitions are applied, history is read, values are loaded and served. Made by `openStore`.
 *
 * @example
 * await using store = await openStore()
 * const { rows } = await store.getOnlineFeatures({ features: ['driver_hourly_stats:conv_rate'], entityRows: [{ driver_id: 1001n }] })
 */
export class Store<Repo extends Repository = Repository> implements AsyncDisposable {
  readonly project: string
  readonly #rooms: StoreRooms
  readonly #transforms: ReadonlyMap<string, OnDemandFeatureView>
  #catalog: { readonly snapshot: RegistrySnapshot; readonly catalog: Catalog } | undefined
  #plans: ServingPlans | undefined

  constructor(rooms: StoreRooms) {
    this.project = rooms.project
    this.#rooms = rooms
    this.#transforms = new Map(
      rooms.definitions.flatMap((each) =>
        each.kind === 'on-demand-feature-view' && each.transform.mode !== 'stored' ? [[each.name, each]] : [],
      ),
    )
  }

  /** The definitions of the project as the registry was last read. */
  async catalog(): Promise<Catalog> {
    const snapshot = await this.#rooms.snapshots.current()
    if (this.#catalog?.snapshot !== snapshot) this.#catalog = { snapshot, catalog: catalogOf(snapshot, this.project) }
    return this.#catalog.catalog
  }

  /** Reads the registry anew: what others applied is seen at once. */
  async refreshRegistry(): Promise<void> {
    await this.#rooms.snapshots.refresh()
  }

  /** The registry below, for those who build on it. */
  get registry(): Registry {
    return this.#rooms.registry
  }

  /** The offline store below. */
  async offline(): Promise<OfflineStore> {
    return await this.#rooms.offline()
  }

  /** The online store below. @throws STORE_ONLINE_DISABLED where feature_store.yaml switches it off */
  get online(): OnlineStore {
    if (this.#rooms.online === undefined) throw storeError('STORE_ONLINE_DISABLED', [this.project])
    return this.#rooms.online
  }

  #applyRooms(): ApplyRooms {
    const { project, projectDescription, registry, online, offline, now } = this.#rooms
    return { project, projectDescription, registry, online, offline, now }
  }

  /**
   * Registers definitions, and makes the online tables that they need. What is not passed in stays, unless `partial: false` is said.
   *
   * @example
   * await store.apply([driver, stats, pricing])
   */
  async apply(definitions: readonly Definition[], scope: Partial<ApplyScope> = {}): Promise<ApplyPlan> {
    const about = () => ({ project: this.project, about: definitions.map(({ name }) => name), rows: 0 })
    return await traced('apply', about, async () => {
      const plan = await applyDefinitions(this.#applyRooms(), definitions, { partial: true, ...scope })
      await this.#rooms.snapshots.refresh()
      return plan
    })
  }

  /**
   * {@link Store.apply} for those who have messages, of this project or another of its registry: servers. The online tables are those of this
   * project. `check` looks at what is stored while nobody else can write it; what it throws stops the apply.
   */
  async applyMessages(request: RegistryRequest, options: Partial<ApplyOptions> = {}): Promise<readonly Difference[]> {
    const { project, registry, online, now } = this.#rooms
    const rooms = { project: request.project, registry, online: request.project === project ? online : undefined, now }
    const differences = await applyMessages(rooms, request, { now: now(), ...options })
    await this.#rooms.snapshots.refresh()
    return differences
  }

  /** What {@link Store.apply} would do. */
  async plan(definitions: readonly Definition[], scope: Partial<ApplyScope> = {}): Promise<ApplyPlan> {
    return await planDefinitions(this.#applyRooms(), definitions, { partial: true, ...scope })
  }

  /** All definitions of a kind, sorted by name. */
  async list(kind: KindName): Promise<readonly Definition[]> {
    return (await this.catalog()).list(kind)
  }

  /**
   * Removes objects, with the online tables of the views among them. What speaks of them stays as it is.
   *
   * @throws STORE_REGISTRY_OBJECT_NOT_FOUND
   *
   * @example
   * await store.delete([{ kind: 'feature-view', name: 'driver_hourly_stats' }])
   */
  async delete(objects: readonly RemovedObject[]): Promise<void> {
    await removeObjects(this.#applyRooms(), objects)
    await this.refreshRegistry()
  }

  /**
   * Switches a view on or off: one that is off is listed, and serves and materializes nothing. Its online values stay. Says whether that
   * changed anything. An apply of its definition sets it as the definition says.
   *
   * @throws STORE_VIEW_NOT_FOUND
   */
  async setEnabled(view: string, enabled: boolean): Promise<boolean> {
    await this.refreshRegistry()
    const changed = await switchView(this.#applyRooms(), await this.catalog(), view, enabled)
    await this.refreshRegistry()
    return changed
  }

  /** Removes the project: all that the registry holds of it, then its online tables. */
  async teardown(): Promise<void> {
    await tearDownProject(this.#applyRooms())
    await this.refreshRegistry()
  }

  async #serving(): Promise<ServingPlans> {
    const catalog = await this.catalog()
    if (this.#plans?.catalog !== catalog)
      this.#plans = new ServingPlans(catalog, { ...this.#rooms.serving, tableOf: (view) => this.online.tableOf(view) })
    return this.#plans
  }

  /** The code of an on-demand view: what was passed in where the registry holds our placeholder, else what is stored. */
  #findTransform(skipOnDemand = false): FindTransform {
    return (view) => (skipOnDemand && isPythons(view) ? undefined : this.#transformOf(view))
  }

  #transformOf(view: OnDemandFeatureView): OnDemandFeatureView {
    const registered = view.transform.mode === 'stored' ? registeredText(view.transform.stored) : undefined
    if (registered === undefined) return view
    const found = this.#transforms.get(view.name)
    if (found === undefined || found.transform.mode === 'stored') throw storeError('STORE_TRANSFORM_MISSING', [view.name])
    const same = sameText(transformText(found.transform), registered)
    if (!same && this.#rooms.changedTransforms === 'refuse') throw storeError('STORE_TRANSFORM_CHANGED', [view.name])
    return found
  }

  /**
   * Reads features as they are now: one round trip for all views of a small request. Row `i` of the answer is of row `i` of the request.
   *
   * @throws STORE_VIEW_NOT_FOUND, STORE_FEATURE_NOT_FOUND, STORE_ENTITY_ROW_INVALID, STORE_POSTGRES_…
   *
   * @example
   * const { rows: [vector], statuses } = await store.getOnlineFeatures({ features: pricing, entityRows: [{ driver_id: 1001n, distance_km: 7.5 }] })
   */
  async getOnlineFeatures<const A extends Asked, const Rows extends readonly EntityRow<A, Repo>[], const Full extends boolean = false>(
    request: OnlineOptions<Full> & { readonly features: A & Checked<A, Repo, Full>; readonly entityRows: Rows },
  ): Promise<OnlineVectors<A, Repo, Rows, Full>> {
    const { features, entityRows, ...options } = request
    // The types of the answer follow from the request; at run time both are names and values.
    return (await this.readOnline(features as AskedFor, entityRows as EntityRowsInput, options)) as unknown as OnlineVectors<
      A,
      Repo,
      Rows,
      Full
    >
  }

  /** {@link Store.getOnlineFeatures} for those who do not know what is asked for when they write: servers, command lines. */
  readOnline(features: AskedFor, entityRows: EntityRowsInput, options: OnlineOptions<boolean> = {}): Promise<FeatureVectors> {
    const event = () => ({ project: this.project, about: askedNames(features), rows: rowCount(entityRows) })
    return traced('online-read', event, () => this.#readOnline(features, entityRows, options))
  }

  async #readOnline(features: AskedFor, entityRows: EntityRowsInput, options: OnlineOptions<boolean>): Promise<FeatureVectors> {
    const plans = await this.#serving()
    const { request, read } = plans.get(features, resolveOptions(options))
    const rows = entityRowColumns(entityRows, request)
    const reading = new Reading(read, rows, {
      now: this.#rooms.now(),
      statuses: options.statuses ?? 'true',
      staleValues: options.staleValues ?? false,
    })
    if (rows.rows > 0 && read.groups.length > 0)
      await this.online.read(reading, {
        ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      })
    return assembleVectors(request, rows, reading.columns(), this.#findTransform(options.skipOnDemand))
  }

  /**
   * Reads features as they were: for each row the newest values that were there at its event time. Lazy: nothing runs before the set is read.
   *
   * @example
   * const set = await store.getHistoricalFeatures({ features: pricing, entityRows: [{ driver_id: 1001n, event_timestamp: new Date(), distance_km: 7.5 }] })
   * for await (const row of set) console.log(row)
   */
  async getHistoricalFeatures<const A extends Asked, const Full extends boolean = false>(
    request: HistoricalOptions & {
      readonly features: A & Checked<A, Repo, Full>
      readonly fullFeatureNames?: Full
    } & ({ readonly entityRows: EntityRows; readonly eventTimestampColumn?: string } | { readonly start?: Moment; readonly end?: Moment }),
  ): Promise<TrainingSet<FeatureVector<A, Repo, Full>>> {
    const { features, fullFeatureNames, ...rest } = request
    const rows: TrainingRows =
      'entityRows' in rest
        ? rest
        : {
            ...(rest.start === undefined ? {} : { start: microseconds(rest.start) }),
            ...(rest.end === undefined ? {} : { end: microseconds(rest.end) }),
          }
    return await this.readHistorical(features as AskedFor, rows, { ...rest, fullFeatureNames: fullFeatureNames ?? false })
  }

  /** {@link Store.getHistoricalFeatures} for those who do not know what is asked for when they write. */
  async readHistorical<Row = Readonly<Record<string, unknown>>>(
    features: AskedFor,
    rows: TrainingRows,
    options: HistoricalOptions & { readonly fullFeatureNames?: boolean } = {},
  ): Promise<TrainingSet<Row>> {
    const { skipOnDemand, ...work } = options
    const request = resolveAsked(features, await this.catalog(), resolveOptions(options))
    const offline = await this.offline()
    const time = 'entityRows' in rows ? rows.eventTimestampColumn : undefined
    const retrieval = historicalRetrieval(request, rows, offline, {
      ...work,
      find: this.#findTransform(skipOnDemand),
      now: this.#rooms.now(),
    })
    const what = {
      retrieval,
      request,
      service: 'kind' in features ? features.name : '',
      fullFeatureNames: options.fullFeatureNames ?? false,
      eventTimestampColumn: time ?? 'event_timestamp',
    }
    const save: Save = async (name, said) => {
      const dataset = await saveDataset({ ...this.#applyRooms(), offline }, name, what, said)
      await this.refreshRegistry()
      return dataset
    }
    return new TrainingSet<Row>(retrieval, { explain: explainIn(request, offline, time), save })
  }

  /**
   * A training set that was saved, by Python too, to be read again.
   *
   * @throws STORE_REGISTRY_OBJECT_NOT_FOUND
   *
   * @example
   * const january = await store.savedDataset('january')
   */
  async savedDataset(name: string): Promise<TrainingSet> {
    const found = (await this.catalog()).list('saved-dataset').find((each) => each.name === name)
    if (found?.kind !== 'saved-dataset') throw storeError('STORE_REGISTRY_OBJECT_NOT_FOUND', ['saved dataset', name, this.project])
    return new TrainingSet((await this.offline()).readDataset(found.storage))
  }

  /** A registered service, to be asked for. @throws STORE_SERVICE_NOT_FOUND */
  async service(name: string): Promise<FeatureService> {
    const catalog = await this.catalog()
    const service = catalog.service(name)
    if (service !== undefined) return service
    throw storeError('STORE_SERVICE_NOT_FOUND', [name, this.project, allowed(catalog.list('feature-service').map((each) => each.name))])
  }

  /** The registry as it was last read. */
  async snapshot(): Promise<RegistrySnapshot> {
    return await this.#rooms.snapshots.current()
  }

  /** Loads a range of event time, both ends inclusive, into the online store: of the views named, or of all that are online. */
  async materialize(
    request: MaterializeWork & { readonly start: Moment; readonly end: Moment; readonly views?: readonly string[] },
  ): Promise<readonly MaterializeResult[]> {
    const window = { start: microseconds(request.start), end: microseconds(request.end) }
    return await this.#materialize(request, (view) => rangeWindow(view.name, window))
  }

  /** Loads what is new since the last materialization into the online store. */
  async materializeIncremental(
    request: MaterializeWork & { readonly end: Moment; readonly views?: readonly string[] },
  ): Promise<readonly MaterializeResult[]> {
    const end = microseconds(request.end)
    return await this.#materialize(request, (view, done) => incrementalWindow(view, done, end))
  }

  async #materialize(
    request: MaterializeWork & { readonly views?: readonly string[] },
    windowOf: (view: AnyStoredView, done: readonly Interval[]) => Interval | undefined,
  ): Promise<readonly MaterializeResult[]> {
    const event = () => ({ project: this.project, about: request.views ?? [], rows: 0 })
    return await traced('materialize', event, () => this.#materializeViews(request, windowOf))
  }

  async #materializeViews(
    request: MaterializeWork & { readonly views?: readonly string[] },
    windowOf: (view: AnyStoredView, done: readonly Interval[]) => Interval | undefined,
  ): Promise<readonly MaterializeResult[]> {
    await this.refreshRegistry()
    const rooms = await this.#materializeRooms()
    await repairIntervals(rooms)
    const snapshot = await this.#rooms.snapshots.refresh()
    // All windows are checked before the first view is loaded: a bad one changes nothing.
    const work = (await this.#materializedViews(request.views)).flatMap((view) => {
      const stored = snapshot.view(this.project, view.name)
      const window = windowOf(view, stored === undefined ? [] : intervalsOf(stored.message))
      return window === undefined ? [] : [{ view, window }]
    })
    const results: MaterializeResult[] = []
    for (const { view, window } of work) results.push(await materializeView(rooms, view, window, request))
    await this.refreshRegistry()
    return results
  }

  async #materializeRooms(): Promise<MaterializeRooms> {
    const { project, registry, now } = this.#rooms
    const offline = await this.offline()
    const catalog = await this.catalog()
    const kindOf = (view: string) => (catalog.view(view)?.kind === 'stream-feature-view' ? 'stream-feature-view' : 'feature-view')
    return { project, offline, online: this.online, now, intervals: registryRecorder(registry, { project, kindOf, now }) }
  }

  async #materializedViews(names: readonly string[] | undefined): Promise<readonly AnyStoredView[]> {
    const catalog = await this.catalog()
    const stored = catalog.viewNames().flatMap((name) => {
      const view = catalog.view(name)
      return view?.kind === 'feature-view' || view?.kind === 'stream-feature-view' ? [view] : []
    })
    if (names === undefined) return stored.filter((view) => view.online && !view.disabled)
    return names.map((name) => {
      const view = stored.find((each) => each.name === name)
      if (view === undefined) throw storeError('STORE_VIEW_NOT_FOUND', [name, this.project, allowed(stored.map((each) => each.name))])
      return view
    })
  }

  /**
   * Pushes rows to the views behind a push source. A newer value that is served already stays.
   *
   * @example
   * await store.push('driver_stats_push', [{ driver_id: 1001n, event_timestamp: new Date(), created: new Date(), conv_rate: 0.5, acc_rate: 0.9, avg_daily_trips: 12n }])
   */
  async push(
    source: string,
    rows: PushedRows,
    options: { readonly to?: PushTarget; readonly signal?: AbortSignal } = {},
  ): Promise<readonly PushResult[]> {
    const event = () => ({ project: this.project, about: [source], rows: rows.length })
    return await traced('push', event, async () => {
      const catalog = await this.catalog()
      const views = catalog.viewNames().flatMap((name) => {
        const view = catalog.view(name)
        return view === undefined || view.kind === 'on-demand-feature-view' ? [] : [view]
      })
      return await pushRows({ views, online: this.online, offline: await this.offline() }, source, rows, { to: 'online', ...options })
    })
  }

  /** Closes every connection; work that runs ends first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rooms.close()
  }
}
