import type { SecretFields } from '../model/change.ts'
import type { Bag } from '../model/model.ts'
import { sortBag } from '../model/secret.ts'
import type { Call } from './call.ts'
import { parseGoDuration } from './go-duration.ts'
import { formatTime } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { parseTextMap } from './text-map.ts'
import { ToolError, usageError } from './tool-error.ts'

const policies: ReadonlySet<string> = new Set(['never', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly'])
const keyRule = /^[a-z](?:-?[a-z0-9]){2,}$/
const sizeLimit = 1_000_000

/** What `secret-add` and `secret-set` have in common. */
export interface DeclaredFields {
  readonly owner: () => 'application' | 'unit'
  readonly hasFile: () => boolean
  /** Reads values, files and options; content is undefined when none was given. */
  readonly parse: (args: readonly string[]) => SecretFields
}

/** Declares the options of `secret-add` and `secret-set`. */
export function declareFields(call: Call): DeclaredFields {
  const { flags } = call
  const label = flags.string(['label'])
  const description = flags.string(['description'])
  const file = flags.string(['file'])
  const expire = flags.string(['expire'])
  const rotate = flags.string(['rotate'])
  const owner = flags.string(['owner'], 'application')
  return {
    hasFile: () => file.value !== '',
    owner: () => (owner.value === 'unit' ? 'unit' : 'application'),
    parse: (args) => {
      const expires = expire.value === '' ? undefined : parseExpire(expire.value, call.context.clock())
      if (rotate.value !== '' && !policies.has(rotate.value)) throw usageError(`rotate policy ${goQuote(rotate.value)} not valid`)
      if (owner.value !== 'application' && owner.value !== 'unit') throw usageError(`secret owner ${goQuote(owner.value)} not valid`)
      const content = asUsage(() => ({ ...readArguments(call, args), ...(file.value === '' ? {} : readContentFile(call, file.value)) }))
      return {
        label: label.value || undefined,
        description: description.value || undefined,
        rotate: rotate.value || undefined,
        expire: expires,
        content: Object.keys(content).length === 0 ? undefined : sortBag(content),
      }
    },
  }
}

/** Reading content happens with the arguments, so that every failure has exit 2. */
function asUsage<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw error instanceof ToolError ? usageError(error.message) : error
  }
}

function parseExpire(text: string, now: Date): string {
  const stamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?$/.exec(text)
  const time = stamp ? Date.parse(stamp[2] ? text : `${text}Z`) : Number.NaN
  if (!Number.isNaN(time)) return formatTime(new Date(time))
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined) throw usageError(`expire time or duration ${goQuote(text)} not valid`)
  if (nanoseconds <= 0) throw usageError(`negative expire duration ${goQuote(text)} not valid`)
  return formatTime(new Date(now.getTime() + nanoseconds / 1e6))
}

function readArguments(call: Call, args: readonly string[]): Bag {
  const values = new Map<string, Buffer | string>()
  for (const text of args) {
    const equals = text.replace(/=+$/, '').indexOf('=')
    if (equals < 1) throw usageError(`key value ${goQuote(text)} not valid`)
    const key = text.slice(0, equals)
    const value = text.slice(equals + 1)
    if (key.endsWith('#file')) values.set(key.slice(0, -'#file'.length), readValueFile(call, key.slice(0, -'#file'.length), value))
    else values.set(key, value)
  }
  return encode(values)
}

function readValueFile(call: Call, key: string, path: string): Buffer {
  try {
    const content = call.readAgentFile(path)
    if (content.length > sizeLimit) throw new TooLarge(path, content.length)
    return content
  } catch (error) {
    if (!(error instanceof ToolError) || error instanceof TooLarge) throw error
    throw usageError(`reading content for secret key ${goQuote(key)}: ${error.message}`)
  }
}

class TooLarge extends ToolError {
  constructor(path: string, size: number) {
    super(`secret content in file ${goQuote(path)} too large: ${size} bytes`, 2)
  }
}

function readContentFile(call: Call, path: string): Bag {
  const content = call.readAgentFile(path)
  if (content.length > sizeLimit) throw new TooLarge(path, content.length)
  return encode(new Map(Object.entries(parseJsonTexts(content.toString()) ?? parseTextMap(content.toString(), 'secrets.SecretData'))))
}

function parseJsonTexts(text: string): Bag | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const entries = Object.entries(value)
    return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string') ? Object.fromEntries(entries) : undefined
  } catch {
    return undefined
  }
}

function encode(values: ReadonlyMap<string, Buffer | string>): Bag {
  const encoded = new Map<string, string>()
  let total = 0
  for (const [name, value] of values) {
    const given = name.endsWith('#base64')
    const key = given ? name.slice(0, -'#base64'.length) : name
    const text = given ? value.toString() : Buffer.from(value).toString('base64')
    if (!keyRule.test(key)) throw usageError(`key ${goQuote(key)} not valid`)
    if (text.length > sizeLimit) throw usageError(`base64 encoded secret content for key ${goQuote(key)} too large: ${text.length} bytes`)
    encoded.set(key, text)
    total += text.length
  }
  if (total > sizeLimit) throw usageError(`base64 encoded secret content too large: ${total} bytes`)
  return Object.fromEntries(encoded)
}
