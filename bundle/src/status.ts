import type { Model, Unit } from '@charmed-feast/charm/testing'

import type { ModelState } from './model/state.ts'

type Status = Unit['status']

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A unit whose hook failed is in error, whatever the charm said before. */
const statusOf = (state: ModelState, unit: Unit): Status => {
  const failed = state.units[unit.name]?.uniter.failed
  return failed ? { status: 'error', message: `hook failed: "${failed.kind}"` } : unit.status
}

const severity = ['error', 'blocked', 'maintenance', 'waiting', 'active', 'terminated', 'unknown']

/** Of an application: what its leader set, else the worst of its units. */
const worstOf = (state: ModelState, name: string, units: readonly Unit[]): Status => {
  const own = state.model.applications[name]?.status ?? { status: 'unknown', message: '' }
  if (own.status !== 'unknown') return own
  const statuses = units.map((unit) => statusOf(state, unit))
  return statuses.sort((left, right) => severity.indexOf(left.status) - severity.indexOf(right.status))[0] ?? own
}

const portsOf = ({ ports }: Unit): string =>
  Object.values(ports)
    .flat()
    .map(({ from, protocol }) => `${from}/${protocol}`)
    .join(',')

const unitNumber = ({ name }: Unit): number => Number(name.slice(name.lastIndexOf('/') + 1))

const unitsOf = (model: Model, application: string): readonly Unit[] =>
  Object.values(model.units)
    .filter((unit) => unit.application === application)
    .sort((left, right) => unitNumber(left) - unitNumber(right))

const relationRows = ({ relations }: Model): readonly (readonly string[])[] =>
  relations
    .flatMap(({ ends, interface: spoken, life }) => {
      const name = (role: string): string | undefined => {
        const end = ends.find((each) => each.role === role)
        return end && `${end.application}:${end.endpoint}`
      }
      const [provider, requirer] = [name('provider'), name('requirer')]
      return provider === undefined || requirer === undefined
        ? []
        : [[provider, requirer, spoken, 'regular', life === 'dying' ? 'removing' : '']]
    })
    .sort(([left = ''], [right = '']) => (left < right ? -1 : 1))

/**
 * The units that are not active, each with its status in a sentence.
 *
 * @example
 * inactiveUnits(model.state)   // ['feast-integrator/0 is blocked: [secrets] Please add the missing relation: secrets']
 */
export const inactiveUnits = (state: ModelState): readonly string[] =>
  Object.values(state.model.units).flatMap((unit) => {
    const { status, message } = statusOf(state, unit)
    return status === 'active' ? [] : [`${unit.name} is ${status}${message === '' ? '' : `: ${message}`}`]
  })

/**
 * The model as `juju status --relations` prints it. The address of a unit is its own on this machine.
 *
 * @example
 * process.stdout.write(formatStatus(model.state))
 */
export const formatStatus = (state: ModelState): string => {
  const { model } = state
  const names = Object.keys(model.applications).sort()
  const applications = names.map((name) => {
    const units = unitsOf(model, name)
    const { status, message } = worstOf(state, name, units)
    const { charm = '', revision = 0 } = state.applications[name] ?? {}
    return [name, units[0]?.workloadVersion ?? '', status, String(units.length), charm, 'local', String(revision), message]
  })
  const units = names
    .flatMap((name) => unitsOf(model, name))
    .map((unit) => {
      const { status, message } = statusOf(state, unit)
      const { uniter, life, address = '' } = state.units[unit.name] ?? {}
      const agent = uniter?.failed ? 'failed' : life === 'dying' ? 'terminating' : uniter?.installed ? 'idle' : 'allocating'
      const leads = model.applications[unit.application]?.leader === unit.name
      return [`${unit.name}${leads ? '*' : ''}`, status, agent, address, portsOf(unit), message]
    })
  const parts = [
    table([
      ['Model', 'Controller', 'Type'],
      [model.name, 'this machine', model.type],
    ]),
    table([['App', 'Version', 'Status', 'Scale', 'Charm', 'Channel', 'Rev', 'Message'], ...applications]),
    table([['Unit', 'Workload', 'Agent', 'Address', 'Ports', 'Message'], ...units]),
    table([['Integration provider', 'Requirer', 'Interface', 'Type', 'Message'], ...relationRows(model)]),
  ]
  return `${parts.join('\n\n')}\n`
}
