import { parseObject, parseText, parseTextList } from './output.ts'
import { type RunTool, readToolJson } from './run.ts'

/** An address of one interface. */
export interface NetworkAddress {
  readonly hostname: string
  readonly value: string
  readonly cidr: string
}

/** The addresses of one endpoint of this unit. */
export interface Network {
  /** What to listen on. */
  readonly bindAddresses: readonly NetworkAddress[]
  /** From where connections of this unit come. */
  readonly egressSubnets: readonly string[]
  /** What to tell others to connect to; on Kubernetes the service's address. */
  readonly ingressAddresses: readonly string[]
}

const parseAddresses = (value: unknown): readonly NetworkAddress[] => {
  if (!Array.isArray(value)) return []
  return value.map((each) => {
    const { hostname, value: address, cidr } = parseObject('network-get', each)
    return {
      hostname: parseText('network-get', hostname ?? ''),
      value: parseText('network-get', address),
      cidr: parseText('network-get', cidr ?? ''),
    }
  })
}

/**
 * Tells the addresses of an endpoint, of one of its relations if named.
 *
 * @throws {HookToolError} `CHARM_RELATION_NOT_FOUND`; `CHARM_TOOL_FAILED` for an unknown endpoint.
 *
 * @example
 * await networkGet(run, 'db') // { bindAddresses: [{ hostname: '', value: '10.1.2.3', cidr: '' }], egressSubnets: ['10.152.183.9/32'], ingressAddresses: ['10.152.183.9'] }
 */
export const networkGet = async (run: RunTool, endpoint: string, { relation }: { readonly relation?: string } = {}): Promise<Network> => {
  const args = ['--format=json', ...(relation === undefined ? [] : ['-r', relation]), endpoint]
  const output = parseObject('network-get', await readToolJson(run, { tool: 'network-get', args }))
  const interfaces = Array.isArray(output['bind-addresses']) ? output['bind-addresses'] : []
  return {
    bindAddresses: interfaces.flatMap((each) => parseAddresses(parseObject('network-get', each).addresses)),
    egressSubnets: parseTextList('network-get', output['egress-subnets'] ?? null),
    ingressAddresses: parseTextList('network-get', output['ingress-addresses'] ?? null),
  }
}

/**
 * This unit's address; `public-address` does not exist on Kubernetes.
 *
 * @throws {HookToolError} `CHARM_TOOL_FAILED` when there is none.
 *
 * @example
 * await unitAddress(run, 'private-address') // '10.1.2.3'
 */
export const unitAddress = async (run: RunTool, which: 'private-address' | 'public-address'): Promise<string> =>
  parseText('unit-get', await readToolJson(run, { tool: 'unit-get', args: ['--format=json', which] }))
