import type { Tags as TagMap } from '../api/feast.ts'
import './tag.css'

/** Tags as `key=value`; a long list is cut with the rest in the title. */
export function Tags({ tags, most = 3 }: { readonly tags: TagMap | undefined; readonly most?: number }) {
  const entries = Object.entries(tags ?? {})
  if (entries.length === 0) return null
  const rest = entries.slice(most).map(([key, value]) => `${key}=${value}`)
  return (
    <span className="tags">
      {entries.slice(0, most).map(([key, value]) => (
        <span className="tag" key={key} title={`${key}=${value}`}>
          <span className="key">{key}</span>
          {value === '' ? null : <span className="value">{value}</span>}
        </span>
      ))}
      {rest.length > 0 ? (
        <span className="tag" title={rest.join('\n')}>
          +{rest.length}
        </span>
      ) : null}
    </span>
  )
}

/** A small word on a tint, e.g. a value type. */
export function Chip({ children, title }: { readonly children: string; readonly title?: string }) {
  return (
    <span className="tag mono" title={title}>
      {children}
    </span>
  )
}
