import type { CharmMetadata } from '../../metadata.ts'
import type { Bag, Model, Network, Unit } from '../model/model.ts'
import { relationSide } from '../model/relation.ts'

/** What `network-get` says of each endpoint of a unit on Kubernetes: the pod's address, and its application's service. */
export function networksOf(metadata: CharmMetadata, address: string, service: string): Readonly<Record<string, Network>> {
  const network: Network = {
    interfaces: [{ macAddress: '', interfaceName: '', addresses: [{ hostname: '', value: address, cidr: '' }] }],
    egressSubnets: [`${service}/32`],
    ingressAddresses: [service],
  }
  const bindings = ['', ...Object.keys({ ...metadata.requires, ...metadata.provides, ...metadata.peers })]
  return Object.fromEntries(bindings.map((binding) => [binding, network]))
}

/** What Juju puts into a unit's databag when it enters a relation, and again with each `config-changed`. */
export function addressesOf({ networks }: Unit): Bag {
  const network = networks['']
  const address = network?.interfaces[0]?.addresses[0]?.value ?? ''
  const ingress = network?.ingressAddresses[0] ?? ''
  return { 'egress-subnets': network?.egressSubnets.join(',') ?? '', 'ingress-address': ingress, 'private-address': address }
}

/** The model with a unit's present addresses in its databags. */
export function refreshAddresses(model: Model, name: string): Model {
  const unit = model.units[name]
  if (!unit) return model
  const addresses = addressesOf(unit)
  const relations = model.relations.map((relation) =>
    relation.units.includes(name)
      ? { ...relation, unitData: { ...relation.unitData, [name]: { ...relation.unitData[name], ...addresses } } }
      : relation,
  )
  return { ...model, relations }
}

/** What `goal-state` says to the units of an application. */
export function goalStateOf(model: Model, application: string, since: string): Unit['goalState'] {
  const goals = (names: readonly string[]): Record<string, { readonly status: string; readonly since: string }> =>
    Object.fromEntries(names.map((name) => [name, { status: goalOf(model, name), since }]))
  const unitsOf = (name: string): string[] => Object.values(model.units).flatMap((unit) => (unit.application === name ? [unit.name] : []))
  const relations: Record<string, ReturnType<typeof goals>> = {}
  for (const relation of model.relations) {
    const side = relationSide(relation, application)
    if (!side || side.own.role === 'peer') continue
    const { endpoint } = side.own
    const remote = side.remote.application
    relations[endpoint] = { ...relations[endpoint], ...goals([remote, ...unitsOf(remote)]) }
  }
  return { units: goals(unitsOf(application)), relations }
}

function goalOf(model: Model, name: string): string {
  const unit = model.units[name]
  if (!unit) return 'joined'
  return unit.life === 'dying' ? 'dying' : unit.status.status
}
