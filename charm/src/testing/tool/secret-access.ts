import { applicationOf } from '../model/model.ts'
import { applicationTag, isApplicationName, isUnitName, relationTag, unitTag } from '../model/tag.ts'
import { declareRelation, requireRelation } from './arguments.ts'
import type { Call } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { parseSecretUri } from './secret-uri.ts'
import { usageError } from './tool-error.ts'

/** `secret-grant URI [-r RELATION] [--unit UNIT]` */
export function secretGrant(call: Call): void {
  const { context } = call
  const unit = call.flags.string(['unit'])
  const flag = declareRelation(call)
  const [text, ...rest] = call.parse('<ID>')
  if (text === undefined) throw usageError('missing secret URI')
  const uri = parseSecretUri(text)
  const relation = requireRelation(flag)
  const application = relation.side.remote.application
  if (unit.value !== '') checkUnit(unit.value, application)
  checkEmpty(rest)
  context.requireManager(uri.id)
  const subject = unit.value === '' ? applicationTag(application) : unitTag(unit.value)
  context.secrets.grant({ uri, subject, scope: relationTag(relation.key) })
}

function checkUnit(unit: string, application: string): void {
  if (!isUnitName(unit)) throw usageError(`unit ${goQuote(unit)} not valid`)
  if (applicationOf(unit) === application) return
  throw usageError(`cannot specify unit ${goQuote(unit)} in relation to application ${goQuote(application)}`)
}

/** `secret-revoke URI [-r RELATION] [--app APP] [--unit UNIT]` */
export function secretRevoke(call: Call): void {
  const app = call.flags.string(['app', 'application'])
  const unit = call.flags.string(['unit'])
  const relation = declareRelation(call)
  const [text, ...rest] = call.parse('<ID>')
  if (text === undefined) throw usageError('missing secret URI')
  const uri = parseSecretUri(text)
  if (app.value !== '' && !isApplicationName(app.value)) throw usageError(`application ${goQuote(app.value)} not valid`)
  if (unit.value !== '' && !isUnitName(unit.value)) throw usageError(`unit ${goQuote(unit.value)} not valid`)
  if (app.value !== '' && unit.value !== '') throw usageError('specify only one of application or unit')
  if (relation.value && app.value !== '') throw usageError('do not specify both relation and app')
  const application = relation.value?.side.remote.application ?? app.value
  if (application === '' && unit.value === '') throw usageError('missing relation or application or unit')
  checkEmpty(rest)
  call.context.requireManager(uri.id)
  const subject = unit.value === '' ? applicationTag(application) : unitTag(unit.value)
  call.context.secrets.revoke({ uri, subject, scope: subject })
}
