import type { Difference } from './change-set.ts'
import type { ViewVersion } from './history.ts'
import type { KindMessages, KindName } from './kind.ts'
import type { ObjectId, RegistryObject, StoredObject } from './object.ts'
import type { RegistryRequest } from './request.ts'
import type { RegistrySnapshot } from './snapshot.ts'

/** The time of a write, UTC microseconds: a registry reads no clock. */
export interface WriteOptions {
  readonly now: bigint
}

/** What an apply may say besides. */
export interface ApplyOptions extends WriteOptions {
  /** Looks at all that is stored of the project, while nobody else can write it; what it throws stops the apply, and nothing is written. */
  readonly check?: (stored: readonly StoredObject[]) => void | Promise<void>
}

/** Changes a message in place. */
export type Edit<Name extends KindName> = (message: KindMessages[Name]) => void

/**
 * Where definitions are kept, shared with Python: in PostgreSQL (`openSqlRegistry`) or in a file (`openFileRegistry`).
 * Reading writes nothing. Each write happens wholly or not at all, and leaves what it does not name as it was.
 */
export interface Registry {
  /** All that the registry holds at one moment, or all that it holds of one project. */
  snapshot(project?: string): Promise<RegistrySnapshot>
  /** One object as it is now; `undefined` when there is none. */
  get<Name extends KindName>(kind: Name, project: string, name: string): Promise<RegistryObject<Name> | undefined>
  /** The objects of a kind as they are now, sorted by name. */
  list<Name extends KindName>(kind: Name, project: string): Promise<readonly RegistryObject<Name>[]>
  /** The versions of a view, oldest first. */
  versions(project: string, view: string): Promise<readonly ViewVersion[]>
  /**
   * Makes a project as the request says, and tells what that changed: nothing is written for what already says the same.
   *
   * @throws STORE_REGISTRY_OBJECT_INVALID, STORE_REGISTRY_VERSION_PINNED, STORE_REGISTRY_SCHEMA_MISSING, STORE_REGISTRY_CONFLICT
   */
  apply(request: RegistryRequest, options: ApplyOptions): Promise<readonly Difference[]>
  /** Runs `act` with all that is stored of a project, while none of our other writers can write it. */
  hold<Result>(project: string, act: (stored: readonly StoredObject[]) => Promise<Result>): Promise<Result>
  /**
   * Changes one object where it is, beside its definition: a new interval, a switch. Resolves to whether that changed anything.
   *
   * @throws STORE_REGISTRY_OBJECT_NOT_FOUND
   */
  edit<Name extends KindName>(id: ObjectId<Name>, edit: Edit<Name>, options: WriteOptions): Promise<boolean>
  /**
   * Removes a project and all that the registry holds of it, versions included. Other projects stay.
   *
   * @throws STORE_REGISTRY_PROJECT_NOT_FOUND, STORE_REGISTRY_PROJECT_PROTECTED
   */
  deleteProject(project: string): Promise<void>
  /**
   * Makes the tables that are missing, for a registry whose users may make none (`schema_mode: verify`). Resolves to the tables made. A
   * file registry has none and refuses.
   *
   * @throws STORE_REGISTRY_SCHEMA_UNSUPPORTED
   */
  createSchema(): Promise<readonly string[]>
  /** Writes a value beside a project, as Feast's servers do (`recently_visited_<user>`). A file registry has no such place and refuses. */
  writeMetadata(project: string, entry: { readonly key: string; readonly value: string }, options: WriteOptions): Promise<void>
}
