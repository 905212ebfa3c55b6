import { newApplication, type ScenarioCharm } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import type { ModelState } from './state.ts'

/** The charms that a local model can deploy, by name. */
export type Charms = Readonly<Record<string, ScenarioCharm>>

/** Values of options; null takes an option back to its default. */
export type Options = Readonly<Record<string, string | number | boolean | null>>

const namePattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*$/

const types = { string: 'string', secret: 'string', int: 'number', float: 'number', boolean: 'boolean' } as const

/** What was set over the defaults, each value checked against the charm's options. */
function readOptions(charm: ScenarioCharm, before: Options, set: Options): Options {
  const declared = charm.metadata.config ?? {}
  const values = Object.entries(set).map(([name, value]) => {
    const option = declared[name]
    if (!option)
      throw bundleError('BUNDLE_OPTION_INVALID', [name, `the charm has none of this name; allowed: ${Object.keys(declared).join(', ')}`])
    if (value === null) return [name, option.default ?? null] as const
    const fits = typeof value === types[option.type] && (option.type !== 'int' || Number.isInteger(value))
    if (!fits) throw bundleError('BUNDLE_OPTION_INVALID', [name, `its type is ${option.type}`])
    return [name, value] as const
  })
  return { ...before, ...Object.fromEntries(values) }
}

/**
 * Options as a person types them, each as its charm wants it.
 *
 * @throws BUNDLE_OPTION_INVALID
 */
export function parseOptions({ metadata }: ScenarioCharm, typed: Readonly<Record<string, string>>): Options {
  const parse = (name: string, text: string): string | number | boolean => {
    const type = metadata.config?.[name]?.type
    if (type === 'int' || type === 'float') {
      if (text.trim() === '' || Number.isNaN(Number(text))) throw bundleError('BUNDLE_OPTION_INVALID', [name, `its type is ${type}`])
      return Number(text)
    }
    if (type !== 'boolean') return text
    if (!/^(?:true|false)$/i.test(text)) throw bundleError('BUNDLE_OPTION_INVALID', [name, 'its type is boolean; allowed: true, false'])
    return text.toLowerCase() === 'true'
  }
  return Object.fromEntries(Object.entries(typed).map(([name, text]) => [name, parse(name, text)]))
}

/** The charm of an application. */
export function charmOf(state: ModelState, charms: Charms, application: string): ScenarioCharm {
  const record = state.applications[application]
  if (!record) throw bundleError('BUNDLE_APPLICATION_NOT_FOUND', [application, Object.keys(state.applications).join(', ')])
  const charm = charms[record.charm]
  if (!charm) throw bundleError('BUNDLE_CHARM_UNKNOWN', [record.charm, Object.keys(charms).join(', ')])
  return charm
}

/** What {@link addApplication} adds. */
export interface Deployment {
  readonly application: string
  /** The charm's name. */
  readonly charm: string
  readonly config?: Options
  /** `juju trust`. */
  readonly trusted?: boolean
}

/** The state with an application more, without units; its peer relations are made. */
export function addApplication(state: ModelState, charms: Charms, deployment: Deployment): ModelState {
  const { application: name, charm: charmName, config = {}, trusted = false } = deployment
  const charm = charms[charmName]
  if (!charm) throw bundleError('BUNDLE_CHARM_UNKNOWN', [charmName, Object.keys(charms).join(', ')])
  if (!namePattern.test(name))
    throw bundleError('BUNDLE_APPLICATION_INVALID', [name, 'a name is of a-z, 0-9 and single hyphens, and no part is a number'])
  if (state.applications[name]) throw bundleError('BUNDLE_APPLICATION_INVALID', [name, 'it is deployed already'])
  const defaults = Object.fromEntries(
    Object.entries(charm.metadata.config ?? {}).map(([option, { default: value }]) => [option, value ?? null]),
  )
  const application = newApplication(name, { trusted, config: readOptions(charm, defaults, config) })
  const peers = Object.entries(charm.metadata.peers ?? {}).map(([endpoint, { interface: spoken }], index) => ({
    id: state.nextRelation + index,
    interface: spoken,
    ends: [{ application: name, endpoint, role: 'peer' as const }],
    life: 'alive' as const,
    suspended: false,
    units: [],
    applicationData: {},
    unitData: {},
  }))
  return {
    ...state,
    model: {
      ...state.model,
      applications: { ...state.model.applications, [name]: application },
      relations: [...state.model.relations, ...peers],
    },
    applications: { ...state.applications, [name]: { charm: charmName, revision: 0, nextUnit: 0 } },
    nextRelation: state.nextRelation + peers.length,
  }
}

/** The state with options of an application set. */
export function configure(state: ModelState, charms: Charms, name: string, set: Options): ModelState {
  const charm = charmOf(state, charms, name)
  const application = state.model.applications[name]
  if (!application) return state
  const config = readOptions(charm, application.config, set)
  return { ...state, model: { ...state.model, applications: { ...state.model.applications, [name]: { ...application, config } } } }
}

/** The state after `juju refresh` of an application. */
export function refresh(state: ModelState, name: string): ModelState {
  const record = state.applications[name]
  if (!record) throw bundleError('BUNDLE_APPLICATION_NOT_FOUND', [name, Object.keys(state.applications).join(', ')])
  return { ...state, applications: { ...state.applications, [name]: { ...record, revision: record.revision + 1 } } }
}
