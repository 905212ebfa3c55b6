import { withApplication } from '../model/apply-change.ts'
import { countChanges, type DatabagVersions } from '../model/databag-version.ts'
import * as lifecycle from '../model/lifecycle.ts'
import { applicationOf, type ConfigValue, type Model, type ModelHolder } from '../model/model.ts'
import type { Relation, RelationEnd } from '../model/relation.ts'
import type { ScenarioCharm } from '../scenario/run.ts'
import type { ContainerImage } from './pod.ts'

/** How a charm is deployed. */
export interface DeployOptions {
  readonly units?: number
  readonly config?: Readonly<Record<string, ConfigValue>>
  readonly trusted?: boolean
  /** By container. */
  readonly images?: Readonly<Record<string, ContainerImage>>
}

/** An application's charm. */
export interface Deployment {
  /** The newest is the last. A revision is its place, counted from 1. */
  readonly charms: readonly [ScenarioCharm, ...ScenarioCharm[]]
  readonly images: Readonly<Record<string, ContainerImage>>
  /** The address of its service. */
  readonly service: string
}

interface Endpoint {
  readonly end: RelationEnd
  readonly interface: string
}

/**
 * What a person does to a model, in Juju's words. It only changes the model: the units' agents find out when they look.
 *
 * @example
 * controller.deploy('pg', postgresql)
 * controller.integrate('feast:registry', 'pg:database')
 */
export class Controller implements ModelHolder {
  #model: Model
  #versions: DatabagVersions = {}
  #nextRelation = 0
  readonly #deployments = new Map<string, Deployment>()
  readonly #unitNumbers = new Map<string, number>()

  constructor(name: string) {
    const uuid = '5d8a2f4e-9b1c-4e57-8f36-2c7d90a1b3e4'
    this.#model = { name, uuid, type: 'caas', cloud: null, applications: {}, units: {}, relations: [], secrets: [] }
  }

  get model(): Model {
    return this.#model
  }

  set model(model: Model) {
    this.#versions = countChanges(this.#versions, this.#model, model)
    this.#model = model
  }

  /** How often each databag was changed. */
  get versions(): DatabagVersions {
    return this.#versions
  }

  deployment(application: string): Deployment {
    const found = this.#deployments.get(application)
    if (!found) throw new Error(`cannot find application "${application}": it was never deployed`)
    return found
  }

  deploy(name: string, charm: ScenarioCharm, { units = 1, config = {}, trusted = false, images = {} }: DeployOptions = {}): void {
    const defaults = Object.entries(charm.metadata.config ?? {}).map(([option, { default: value = null }]) => [option, value] as const)
    this.model = lifecycle.addApplication(this.model, name, { trusted, config: { ...Object.fromEntries(defaults), ...config } })
    this.#deployments.set(name, { charms: [charm], images, service: `10.152.183.${this.#deployments.size + 10}` })
    for (const [endpoint, peer] of Object.entries(charm.metadata.peers ?? {})) {
      this.#relate([{ application: name, endpoint, role: 'peer' }], peer.interface)
    }
    for (let count = 0; count < units; count += 1) this.addUnit(name)
  }

  /** Another revision of the charm; images stay unless others are given. */
  refresh(name: string, charm: ScenarioCharm, images?: DeployOptions['images']): void {
    const deployment = this.deployment(name)
    this.#deployments.set(name, { ...deployment, charms: [...deployment.charms, charm], images: images ?? deployment.images })
  }

  /** Numbers of units are never used again. */
  addUnit(application: string): string {
    this.deployment(application)
    const number = this.#unitNumbers.get(application) ?? 0
    this.#unitNumbers.set(application, number + 1)
    const name = `${application}/${number}`
    this.model = lifecycle.addUnit(this.model, name)
    return name
  }

  removeUnit(unit: string): void {
    this.model = lifecycle.destroyUnit(this.model, unit)
  }

  removeApplication(name: string): void {
    this.model = lifecycle.destroyApplication(this.model, name)
  }

  /**
   * Relates two endpoints, each as `application:endpoint`, and gives the relation's id.
   *
   * @throws when an endpoint is unknown, the two do not fit, or they are related already.
   */
  integrate(left: string, right: string): number {
    const [first, second] = [this.#endpoint(left), this.#endpoint(right)]
    if (first.interface !== second.interface || first.end.role === second.end.role) {
      throw new Error(`cannot relate "${left}" with "${right}": interface or role does not fit`)
    }
    return this.#relate([first.end, second.end], first.interface)
  }

  removeRelation(left: string, right: string): void {
    const relation = this.findRelation(left, right)
    if (!relation) throw new Error(`cannot remove the relation of "${left}" with "${right}": there is none`)
    this.model = lifecycle.destroyRelation(this.model, relation.id)
  }

  /** The relation of two endpoints, alive or dying. */
  findRelation(left: string, right: string): Relation | undefined {
    const names = ({ ends }: Relation): string[] => ends.map(({ application, endpoint }) => `${application}:${endpoint}`)
    return this.model.relations.find((relation) => names(relation).includes(left) && names(relation).includes(right))
  }

  configure(name: string, config: Readonly<Record<string, ConfigValue>>): void {
    this.model = withApplication(this.model, name, (each) => ({ ...each, config: { ...each.config, ...config } }))
  }

  /** Gives the application's leadership to a unit; null: nobody leads for now. */
  setLeader(application: string, unit: string | null): void {
    if (unit !== null && applicationOf(unit) !== application)
      throw new Error(`cannot let "${unit}" lead "${application}": it is not its unit`)
    this.model = lifecycle.setLeader(this.model, application, unit)
  }

  #endpoint(text: string): Endpoint {
    const [application = '', endpoint = ''] = text.split(':')
    const { requires, provides } = this.deployment(application).charms[0].metadata
    const required = requires?.[endpoint]
    const found = required ?? provides?.[endpoint]
    if (!found) throw new Error(`cannot relate "${text}": the charm has no such endpoint`)
    return { end: { application, endpoint, role: required ? 'requirer' : 'provider' }, interface: found.interface }
  }

  #relate(ends: readonly RelationEnd[], name: string): number {
    const id = this.#nextRelation
    this.model = lifecycle.addRelation(this.model, id, { ends, interface: name })
    this.#nextRelation += 1
    return id
  }
}
