import type { PortChange } from '../model/change.ts'
import { applicationOf, type Model, type PortRange } from '../model/model.ts'
import { ToolError } from '../tool/tool-error.ts'

/** A port range as Juju prints it: `80/tcp`, `80-90/udp`, `icmp`. */
export function formatPortRange({ from, to, protocol }: PortRange): string {
  if (protocol === 'icmp') return protocol
  return from === to ? `${from}/${protocol}` : `${from}-${to}/${protocol}`
}

const same = (left: PortRange, right: PortRange): boolean =>
  left.from === right.from && left.to === right.to && left.protocol === right.protocol

const conflicts = (left: PortRange, right: PortRange): boolean =>
  left.protocol === right.protocol && left.to >= right.from && right.to >= left.from

const sameChange = (left: PortChange, right: PortChange): boolean => left.endpoint === right.endpoint && same(left.range, right.range)

/** Ports of one hook: what was open when it began, and what it asks to open and close at its end. */
export class PortContext {
  readonly #unit: string
  readonly #machines: boolean
  /** Open ports by unit: of the machine's units, or on Kubernetes of the application's. */
  readonly #open: ReadonlyMap<string, readonly PortChange[]>
  #opening: PortChange[] = []
  #closing: PortChange[] = []

  constructor(model: Model, unit: string) {
    this.#unit = unit
    this.#machines = model.type === 'iaas'
    const machine = model.units[unit]?.machine
    const neighbours = Object.values(model.units).filter((each) =>
      this.#machines ? each.machine === machine : each.application === applicationOf(unit),
    )
    const open = neighbours.map((each) => [each.name, listPorts(each.ports)] as const)
    this.#open = new Map(open.filter(([, ports]) => ports.length > 0))
  }

  get opening(): readonly PortChange[] {
    return this.#opening
  }

  get closing(): readonly PortChange[] {
    return this.#closing
  }

  /** The unit's ports as they will be when the hook has succeeded. */
  opened(): readonly PortChange[] {
    const before = this.#open.get(this.#unit) ?? []
    const added = this.#opening.filter((port) => !before.some((each) => sameChange(each, port)))
    return [...before, ...added].filter((port) => !this.#closing.some((each) => sameChange(each, port)))
  }

  open(port: PortChange): void {
    this.#checkRange(port.range)
    this.#closing = without(this.#closing, port)
    if (this.#isKnown('open', port, this.#opening, this.#unit, ' requested earlier')) return
    if (this.#machines) {
      for (const [unit, ports] of this.#open) if (this.#isKnown('open', port, ports, unit, '')) return
    } else if (this.#open.get(this.#unit)?.some((each) => sameChange(each, port))) return
    this.#opening.push(port)
  }

  close(port: PortChange): void {
    this.#checkRange(port.range)
    this.#opening = without(this.#opening, port)
    if (this.#isKnown('close', port, this.#closing, this.#unit, ' requested earlier')) return
    if (this.#machines) for (const [unit, ports] of this.#open) this.#isKnown('close', port, ports, unit, '')
    if (this.#open.size === 0) return
    this.#closing.push(port)
  }

  #checkRange(range: PortRange): void {
    if (this.#machines || range.from === range.to) return
    throw new ToolError('port ranges are not supported for k8s applications, please specify a single port')
  }

  /** Whether the unit has the very same port already; throws when another range is in the way. */
  #isKnown(verb: 'open' | 'close', port: PortChange, ports: readonly PortChange[], unit: string, when: string): boolean {
    for (const each of ports) {
      if (!conflicts(port.range, each.range)) continue
      if (unit === this.#unit && same(port.range, each.range)) {
        if (port.endpoint === each.endpoint) return true
        continue
      }
      const asked = `cannot ${verb} ${formatPortRange(port.range)} (unit "${this.#unit}")`
      throw new ToolError(`${asked}: port range conflicts with ${formatPortRange(each.range)} (unit "${unit}")${when}`)
    }
    return false
  }
}

function without(ports: readonly PortChange[], port: PortChange): PortChange[] {
  return ports.filter((each) => !sameChange(each, port))
}

function listPorts(ports: Readonly<Record<string, readonly PortRange[]>>): PortChange[] {
  return Object.entries(ports).flatMap(([endpoint, ranges]) => ranges.map((range) => ({ endpoint, range })))
}
