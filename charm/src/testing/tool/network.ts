import type { Network } from '../model/model.ts'
import { declareRelation } from './arguments.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty, type Flag } from './flags.ts'
import type { Printable } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `network-get BINDING [--bind-address] [--ingress-address] [--egress-subnets] [--primary-address]` */
export function networkGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const flags = {
    primary: call.flags.boolean('primary-address'),
    bind: call.flags.boolean('bind-address'),
    ingress: call.flags.boolean('ingress-address'),
    egress: call.flags.boolean('egress-subnets'),
  }
  declareRelation(call)
  const [binding, ...rest] = call.parse('<binding-name> [--ingress-address] [--bind-address] [--egress-subnets]')
  if (binding === undefined) throw usageError('no arguments specified')
  if (binding === '') throw usageError('no binding name specified')
  checkEmpty(rest)
  const network = call.context.unit.networks[binding]
  if (!network || network.interfaces.length === 0) throw new ToolError(`no network config found for binding ${goQuote(binding)}`)
  const several = flags.bind.value || flags.ingress.value || flags.egress.value
  if (flags.primary.value && several) throw new ToolError('--primary-address must be the only flag specified')
  if (flags.primary.value) output.write(bindAddress(network, binding))
  else if (several) output.write(asked(network, binding, flags))
  else output.write(output.format() === 'json' ? printNetwork(network) : printNetworkYaml(network))
}

type Asked = Readonly<Record<'bind' | 'ingress' | 'egress', Flag<boolean>>>

/** One value plainly, several as a map. */
function asked(network: Network, binding: string, flags: Asked): Printable {
  const values: [string, Printable][] = []
  if (flags.egress.value) values.push(['egress-subnets', network.egressSubnets])
  if (flags.ingress.value) values.push(['ingress-address', network.ingressAddresses[0] ?? bindAddress(network, binding)])
  if (flags.bind.value) values.push(['bind-address', bindAddress(network, binding)])
  return values.length === 1 ? (values[0]?.[1] ?? null) : Object.fromEntries(values)
}

function bindAddress(network: Network, binding: string): string {
  const address = network.interfaces[0]?.addresses[0]
  if (!address) throw new ToolError(`no addresses attached to space for binding ${goQuote(binding)}`)
  return address.value
}

function printNetwork(network: Network): Printable {
  return printed(
    network,
    network.interfaces.map(({ macAddress, interfaceName, addresses }) => [
      ['mac-address', macAddress],
      ['interface-name', interfaceName],
      [
        'addresses',
        addresses.map(
          ({ hostname, value, cidr }) =>
            new Map([
              ['hostname', hostname],
              ['value', value],
              ['cidr', cidr],
            ]),
        ),
      ],
    ]),
  )
}

/** YAML repeats three values under names that older charms read. */
function printNetworkYaml(network: Network): Printable {
  return printed(
    network,
    network.interfaces.map(({ macAddress, interfaceName, addresses }) => [
      ['mac-address', macAddress],
      ['interface-name', interfaceName],
      [
        'addresses',
        addresses.map(
          ({ hostname, value, cidr }) =>
            new Map([
              ['hostname', hostname],
              ['value', value],
              ['cidr', cidr],
              ['address', value],
            ]),
        ),
      ],
      ['macaddress', macAddress],
      ['interfacename', interfaceName],
    ]),
  )
}

function printed(network: Network, interfaces: readonly (readonly (readonly [string, Printable])[])[]): Printable {
  const parts: readonly (readonly [string, readonly Printable[]])[] = [
    ['bind-addresses', interfaces.map((each) => new Map(each))],
    ['egress-subnets', network.egressSubnets],
    ['ingress-addresses', network.ingressAddresses],
  ]
  return new Map(parts.filter(([, list]) => list.length > 0))
}
