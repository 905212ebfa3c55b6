import type { Kind, Value } from '../../api/contract.ts'

export type Fields = { readonly [key: string]: Value }

/** What the form edits of an object; everything else stays as it is. */
export interface ObjectForm {
  readonly description: string
  readonly owner: string
  /** A tag a line: `team=risk`. */
  readonly tags: string
  /** Seconds; `null` where the kind has none. */
  readonly ttl: string | null
  readonly online: boolean | null
}

const views: readonly Kind[] = ['featureView', 'streamFeatureView', 'labelView']

/** Data sources are flat; all others keep what can be edited under `spec`. */
function specOf(kind: Kind, object: Fields): Fields {
  if (kind === 'dataSource') return object
  const { spec } = object
  return typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? (spec as Fields) : {}
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function readForm(kind: Kind, object: Fields): ObjectForm {
  const spec = specOf(kind, object)
  const { tags } = spec
  const pairs = typeof tags === 'object' && tags !== null ? Object.entries(tags) : []
  return {
    description: text(spec.description),
    owner: text(spec.owner),
    tags: pairs.map(([key, value]) => `${key}=${String(value)}`).join('\n'),
    ttl: views.includes(kind) ? String(Number.parseFloat(text(spec.ttl) || '0')) : null,
    online: views.includes(kind) ? spec.online === true : null,
  }
}

/** Tags from lines; a line without `=` is a tag without a value. */
export function readTags(lines: string): Fields {
  const pairs = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return Object.fromEntries(
    pairs.map((line) => {
      const equals = line.indexOf('=')
      return equals < 0 ? [line, ''] : [line.slice(0, equals).trim(), line.slice(equals + 1).trim()]
    }),
  )
}

/** The object with the form's values in it; members that are empty are left out, as Feast's JSON does. */
export function writeForm(kind: Kind, object: Fields, form: ObjectForm): Fields {
  const tags = readTags(form.tags)
  const edited: Record<string, Value> = { ...specOf(kind, object) }
  const put = (name: string, value: Value, empty: boolean) => {
    if (empty) delete edited[name]
    else edited[name] = value
  }
  put('description', form.description, form.description === '')
  put('owner', form.owner, form.owner === '')
  put('tags', tags, Object.keys(tags).length === 0)
  if (form.ttl !== null) put('ttl', `${Number(form.ttl) || 0}s`, false)
  if (form.online !== null) put('online', true, !form.online)
  return kind === 'dataSource' ? edited : { ...object, spec: edited }
}
