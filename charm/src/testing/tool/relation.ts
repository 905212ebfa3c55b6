import { applicationOf, type Bag } from '../model/model.ts'
import { isApplicationName, isUnitName } from '../model/tag.ts'
import { declareRelation, parseKey, parseKeyValues, requireRelation } from './arguments.ts'
import type { Call } from './call.ts'
import { declareDeprecatedFormat, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { parseTextMap } from './text-map.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `relation-ids [NAME]` */
export function relationIds(call: Call): void {
  const output = declareOutput(call, 'smart')
  const [name = call.context.hookRelation?.side.own.endpoint, ...rest] = call.parse('<name>')
  if (name === undefined) throw usageError('no endpoint name specified')
  checkEmpty(rest)
  const listed = [...call.context.relations.values()].filter((relation) => relation.side.own.endpoint === name && !relation.broken)
  output.write(listed.map((relation) => relation.fakeId).sort())
}

/** `relation-list [--app]` */
export function relationList(call: Call): void {
  const output = declareOutput(call, 'smart')
  const relation = declareRelation(call)
  const app = call.flags.boolean('app')
  const rest = call.parse()
  const { members, side } = requireRelation(relation)
  checkEmpty(rest)
  output.write(app.value ? side.remote.application : members)
}

/** `relation-model-get` */
export function relationModelGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const relation = declareRelation(call)
  const rest = call.parse()
  const { side } = requireRelation(relation)
  checkEmpty(rest)
  output.write({ uuid: side.remote.modelUuid ?? call.context.model.uuid })
}

/** `relation-get [KEY] [UNIT or APP] [--app]` */
export function relationGet(call: Call): void {
  const { context } = call
  const output = declareOutput(call, 'smart')
  const flag = declareRelation(call)
  const app = call.flags.boolean('app')
  const [first, ...rest] = call.parse(context.hook.remoteUnit === undefined ? '<key> <unit id>' : '[<key> [<unit id>]]')
  const relation = requireRelation(flag)
  const key = parseKey(first)
  const target =
    rest.length > 0 ? givenTarget(rest.shift() ?? '', app.value, relation.side.remote.application) : impliedTarget(call, app.value)
  checkEmpty(rest)
  const bag = readBag(call, relation.relation.id, target)
  output.write(key === '' ? bag : (bag[key] ?? null))
}

interface Target {
  readonly name: string
  readonly application: boolean
}

function givenTarget(name: string, application: boolean, related: string): Target {
  if (!application) {
    if (isUnitName(name)) return { name, application }
    throw usageError(
      isApplicationName(name) ? `expected unit name, got application name ${goQuote(name)}` : `invalid unit name ${goQuote(name)}`,
    )
  }
  // Recordings made without Juju have applications that Juju would not have deployed, such as `replacement-1`.
  if (isApplicationName(name) || name === related) return { name, application }
  return { name: isUnitName(name) ? applicationOf(name) : '', application }
}

function impliedTarget({ context: { hook } }: Call, application: boolean): Target {
  if (!application && hook.remoteUnit !== undefined) return { name: hook.remoteUnit, application }
  if (hook.remoteApplication === undefined) throw usageError('no unit or application specified')
  return { name: hook.remoteApplication, application: true }
}

function readBag({ context }: Call, id: number, target: Target): Bag {
  const relation = context.relations.get(id)
  if (!relation) throw new ToolError('relation not found')
  if (target.name === context.unitName) return present(relation.ownBag())
  if (target.name === context.applicationName && context.isLeader()) return present(relation.applicationBag())
  return relation.readRemote(target.name)
}

function present(bag: ReadonlyMap<string, string>): Bag {
  return Object.fromEntries([...bag].filter(([, value]) => value !== ''))
}

/** `relation-set K=V… [--file F] [--app]` */
export function relationSet(call: Call): void {
  const warn = declareDeprecatedFormat(call)
  const flag = declareRelation(call)
  const app = call.flags.boolean('app')
  const file = call.flags.string(['file'])
  const args = call.parse('key=value [key=value ...]')
  const relation = requireRelation(flag)
  const overrides = parseKeyValues(args)
  warn()
  const settings = { ...(file.value === '' ? {} : parseTextMap(call.readText(file.value))), ...overrides }
  if (app.value && !call.context.isLeader()) throw new ToolError('cannot write relation settings')
  const own = app.value ? null : relation.ownBag()
  for (const [key, value] of Object.entries(settings)) {
    if (own) own.set(key, value)
    else relation.writeApplication(key, value)
  }
}
