import { formatPortRange } from '../context/ports.ts'
import type { PortChange } from '../model/change.ts'
import type { PortRange } from '../model/model.ts'
import { type Call, declareDeprecatedFormat, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { byBytes, goQuote } from './go-text.ts'
import { usageError } from './tool-error.ts'

/** `open-port PORT[/PROTOCOL] [--endpoints a,b]` */
export function openPort(call: Call): void {
  for (const port of parsePorts(call)) call.context.ports.open(port)
}

/** `close-port PORT[/PROTOCOL] [--endpoints a,b]` */
export function closePort(call: Call): void {
  for (const port of parsePorts(call)) call.context.ports.close(port)
}

function parsePorts(call: Call): PortChange[] {
  const warn = declareDeprecatedFormat(call)
  const endpoints = call.flags.string(['endpoints'])
  const [text, ...rest] = call.parse('<port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp')
  if (text === undefined) throw usageError('no port or range specified')
  const range = parsePortRange(text.toLowerCase())
  checkEmpty(rest)
  warn()
  return endpoints.value.split(',').map((endpoint) => ({ endpoint: endpoint.trim(), range }))
}

function parsePortRange(text: string): PortRange {
  const slash = text.indexOf('/')
  const bounds = slash < 0 ? text : text.slice(0, slash)
  const range = { ...parseBounds(bounds), protocol: slash < 0 ? 'tcp' : text.slice(slash + 1) }
  const checked = range.from === -1 ? { ...range, protocol: 'icmp' } : range
  checkPortRange(checked)
  return checked
}

function parseBounds(text: string): { readonly from: number; readonly to: number } {
  const [from = '', to, ...more] = text.split('-')
  if (more.length > 0) throw usageError(`invalid port range ${goQuote(text)}`)
  if (to !== undefined) return { from: parsePort(from), to: parsePort(to) }
  if (text === 'icmp') return { from: -1, to: -1 }
  return { from: parsePort(text), to: parsePort(text) }
}

function parsePort(text: string): number {
  const reason = /^[-+]?\d+$/.test(text) ? (text.length > 18 ? 'value out of range' : null) : 'invalid syntax'
  if (reason === null) return Number(text)
  throw usageError(`invalid port ${goQuote(text)}: strconv.Atoi: parsing ${goQuote(text)}: ${reason}`)
}

function checkPortRange(range: PortRange): void {
  const { from, to, protocol } = range
  if (!['tcp', 'udp', 'icmp'].includes(protocol)) {
    throw usageError(`invalid protocol ${goQuote(protocol)}, expected "tcp", "udp", or "icmp"`)
  }
  if (protocol === 'icmp') {
    if (from === -1 && to === -1) return
    throw usageError(`protocol "icmp" doesn't support any ports; got "${from}"`)
  }
  if (from > to) throw usageError(`invalid port range ${formatPortRange(range)}`)
  if (from < 0 || to > 65535) throw usageError(`port range bounds must be between 0 and 65535, got ${from}-${to}`)
}

/** `opened-ports [--endpoints]` */
export function openedPorts(call: Call): void {
  const output = declareOutput(call, 'smart')
  const showEndpoints = call.flags.boolean('endpoints')
  checkEmpty(call.parse())
  const groups = new Map<string, PortChange[]>()
  for (const port of [...call.context.ports.opened()].sort(inOrder)) {
    const name = formatPortRange(port.range)
    groups.set(name, [...(groups.get(name) ?? []), port])
  }
  output.write([...groups].map(([name, ports]) => (showEndpoints.value ? `${name} (${listEndpoints(ports)})` : name)))
}

function inOrder(left: PortChange, right: PortChange): number {
  const byProtocol = byBytes(left.range.protocol, right.range.protocol)
  return byProtocol || left.range.from - right.range.from || left.range.to - right.range.to
}

function listEndpoints(ports: readonly PortChange[]): string {
  const endpoints = ports.map(({ endpoint }) => endpoint)
  return endpoints.includes('') ? '*' : endpoints.sort(byBytes).join(', ')
}
