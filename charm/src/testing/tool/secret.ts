import type { SecretMetadata } from '../context/secrets.ts'
import type { Bag } from '../model/model.ts'
import { sortBag } from '../model/secret.ts'
import { formatSecretUri } from '../model/secret-read.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import type { Printable } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { declareFields } from './secret-fields.ts'
import { parseSecretUri, parseSecretUriPlainly } from './secret-uri.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `secret-add K=V… [--label …] [--owner application|unit]` */
export function secretAdd(call: Call): void {
  const fields = declareFields(call)
  const args = call.parse('<key>[#base64]=<value> ...')
  if (args.length === 0 && !fields.hasFile()) throw usageError('missing secret value or filename')
  const { content, ...rest } = fields.parse(args)
  if (!content) throw new ToolError('empty secret value not valid')
  const { unitName, applicationName } = call.context
  const kind = fields.owner()
  const owner = { kind, name: kind === 'unit' ? unitName : applicationName }
  call.stdout += `${formatSecretUri(call.context.createSecret(owner, { ...rest, content }))}\n`
}

/** `secret-set URI [K=V…] [--label …]` */
export function secretSet(call: Call): void {
  const fields = declareFields(call)
  const [text, ...args] = call.parse('<ID> [key[#base64]=value...]')
  if (text === undefined) throw usageError('missing secret URI')
  const uri = parseSecretUri(text)
  const changes = fields.parse(args)
  call.context.requireManager(uri.id)
  call.context.secrets.update(uri, changes)
}

/** `secret-remove URI [--revision N]` */
export function secretRemove(call: Call): void {
  const revision = call.flags.value(['revision'], 0, parseInteger)
  const [text, ...rest] = call.parse('<ID>')
  if (text === undefined) throw usageError('missing secret URI')
  const uri = parseSecretUri(text)
  checkEmpty(rest)
  call.context.requireManager(uri.id)
  call.context.secrets.remove(uri, revision.value > 0 ? revision.value : null)
}

function parseInteger(text: string): number {
  if (/^[-+]?\d+$/.test(text)) return Number(text)
  throw usageError(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`)
}

/** `secret-get [URI] [KEY[#base64]] [--label …] [--peek] [--refresh]` */
export function secretGet(call: Call): void {
  const output = declareOutput(call, 'yaml')
  const label = call.flags.string(['label'])
  const peek = call.flags.boolean('peek')
  const refresh = call.flags.boolean('refresh')
  const [text, key = '', ...rest] = call.parse('<ID> [key[#base64]]')
  const uri = text === undefined ? null : parseSecretUriPlainly(text)
  if (!uri && label.value === '') throw usageError('require either a secret URI or label')
  if (peek.value && refresh.value) throw usageError('specify one of --peek or --refresh but not both')
  checkEmpty(rest)
  const content = call.context.readSecret({ uri, label: label.value, refresh: refresh.value, peek: peek.value })
  output.write(key === '' ? decodeAll(content) : readKey(content, key))
}

function decodeAll(content: Bag): Bag {
  return sortBag(Object.fromEntries(Object.entries(content).map(([key, value]) => [key, decode(value)])))
}

function readKey(content: Bag, text: string): string {
  const encoded = text.endsWith('#base64')
  const key = encoded ? text.slice(0, -'#base64'.length) : text
  const value = content[key]
  if (value === undefined) throw new ToolError(`secret key value ${goQuote(key)} not found`)
  return encoded ? value : decode(value)
}

/** Juju takes `K#base64=` unseen: what is not base64 is refused only when somebody reads it. */
function decode(value: string): string {
  const wrong = value.search(/[^A-Za-z0-9+/]/)
  const padding = /={1,2}$/.exec(value)?.index ?? value.length
  if (value.length % 4 !== 0 || (wrong >= 0 && wrong !== padding)) {
    throw new ToolError(`illegal base64 data at input byte ${wrong >= 0 ? wrong : value.length - (value.length % 4)}`)
  }
  return Buffer.from(value, 'base64').toString()
}

/** `secret-ids` */
export function secretIds(call: Call): void {
  const output = declareOutput(call, 'smart')
  checkEmpty(call.parse())
  const ids = [...call.context.secrets.visible().keys()]
  output.write(ids.length === 0 && output.format() === 'json' ? null : ids)
}

/** `secret-info-get [URI] [--label …]` */
export function secretInfoGet(call: Call): void {
  const output = declareOutput(call, 'yaml')
  const label = call.flags.string(['label'])
  const [text, ...rest] = call.parse('<ID>')
  const uri = text === undefined ? null : parseSecretUriPlainly(text)
  if (!uri && label.value === '') throw usageError('require either a secret URI or label')
  if (uri && label.value !== '') throw usageError('specify either a secret URI or label but not both')
  checkEmpty(rest)
  const visible = [...call.context.secrets.visible()]
  const found = visible.find(([id, metadata]) => (uri ? id === uri.id : metadata.label === label.value))
  if (!found) throw new ToolError(`secret ${goQuote(uri?.id ?? label.value)} not found`)
  output.write({ [found[0]]: printMetadata(found[1]) })
}

function printMetadata(metadata: SecretMetadata): Printable {
  const { revision, label, owner, description, rotate, expire, grants } = metadata
  const access = grants.map(
    ({ target, scope }) =>
      new Map([
        ['target', target],
        ['scope', scope],
        ['role', 'view'],
      ]),
  )
  const optional: readonly (readonly [string, Printable])[] = [
    ['description', description],
    ['rotation', rotate],
    ['expiry', expire === '' ? '' : new Date(expire)],
    ['access', access],
  ]
  const given = optional.filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))
  return new Map<string, Printable>([['revision', revision], ['label', label], ['owner', owner.kind], ...given])
}
