import { StoreError } from '../errors.ts'
import type { PostgresTarget } from './target.ts'

/** Reads the configuration again, after a login was refused. */
export type Reload = () => Promise<PostgresTarget>

/** The target that new connections go to, which `reload` may replace when the password was rotated. */
export class Rotation {
  readonly #reload: Reload | undefined
  #target: PostgresTarget
  #reloading: Promise<PostgresTarget> | undefined

  constructor(target: PostgresTarget, reload: Reload | undefined) {
    this.#target = target
    this.#reload = reload
  }

  get target(): PostgresTarget {
    return this.#target
  }

  /**
   * Connects; when the login is refused (SQLSTATE 28P01 and its kin), reloads and connects once more. Many at a time share one reload.
   *
   * @example
   * const session = await rotation.connect((target) => openSession(target))
   */
  async connect<Session>(open: (target: PostgresTarget) => Promise<Session>): Promise<Session> {
    const tried = this.#target
    try {
      return await open(tried)
    } catch (error) {
      if (this.#reload === undefined || !(error instanceof StoreError) || error.code !== 'STORE_POSTGRES_LOGIN_REFUSED') throw error
      // Somebody else may have reloaded while this login was on its way.
      if (this.#target === tried) {
        this.#reloading ??= this.#reload().finally(() => {
          this.#reloading = undefined
        })
        this.#target = await this.#reloading
      }
      return await open(this.#target)
    }
  }
}
