import type { Catalog } from '../message/catalog.ts'
import { compileReadPlan, type ReadPlan, type ReadPlanOptions } from '../online/plan.ts'
import { type AskedFor, type ResolvedRequest, type ResolveOptions, resolveAsked } from './asked.ts'

/** A request's shape, resolved and compiled: everything that does not depend on its rows. */
export interface ServingPlan {
  readonly request: ResolvedRequest
  readonly read: ReadPlan
}

/**
 * Compiled requests of one catalog. Asking again costs a look-up by the identity of what was asked for, or else by its text; a new catalog
 * starts anew.
 *
 * @example
 * const plans = new ServingPlans(catalog, options)
 * plans.get(pricing, { fullFeatureNames: false }).read.statement
 */
export class ServingPlans {
  readonly catalog: Catalog
  readonly #options: ReadPlanOptions
  readonly #byIdentity: readonly [WeakMap<object, ServingPlan>, WeakMap<object, ServingPlan>] = [new WeakMap(), new WeakMap()]
  readonly #byText = new Map<string, ServingPlan>()

  constructor(catalog: Catalog, options: ReadPlanOptions) {
    this.catalog = catalog
    this.#options = options
  }

  get(asked: AskedFor, options: ResolveOptions): ServingPlan {
    // Rare enough to be found by its text alone.
    const byIdentity = options.skips === undefined ? this.#byIdentity[options.fullFeatureNames ? 1 : 0] : undefined
    const known = byIdentity?.get(asked)
    if (known !== undefined) return known
    const text = `${options.fullFeatureNames}${options.skips === undefined ? '' : ' skips'}\0${textOf(asked)}`
    const plan = this.#byText.get(text) ?? this.#compile(asked, options)
    if (this.#byText.size >= maxPlans) this.#byText.clear()
    this.#byText.set(text, plan)
    // A list may be changed by its owner after this call; a frozen one, and a service, may not.
    if (Object.isFrozen(asked)) byIdentity?.set(asked, plan)
    return plan
  }

  #compile(asked: AskedFor, options: ResolveOptions): ServingPlan {
    const request = resolveAsked(asked, this.catalog, options)
    return { request, read: compileReadPlan(request.stored, this.#options) }
  }
}

/** Shapes that are kept. A program asks for a handful; one that makes up thousands must not fill the memory. */
const maxPlans = 1000

const textOf = (asked: AskedFor): string =>
  'kind' in asked
    ? `service\0${asked.name}`
    : asked
        .map((ref) =>
          typeof ref === 'string' ? ref : `${ref.view}\x01${ref.of}\x01${ref.feature}\x01${ref.as}\x01${JSON.stringify(ref.joinKeyMap)}`,
        )
        .join('\0')
