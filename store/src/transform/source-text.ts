import { createHash } from 'node:crypto'
import type { OnDemandFeatureView } from '../definition/on-demand-feature-view.ts'

/** The text of a transformation and its SHA-256: what is shown of it, and how code is held against what was applied. */
export interface TransformSource {
  readonly text: string
  readonly hash: string
}

/** The source of a view's TypeScript; undefined for code that is not ours. */
export const transformSource = (view: OnDemandFeatureView): TransformSource | undefined => {
  if (view.transform.mode === 'stored') return undefined
  const text = view.transform.run.toString()
  return Object.freeze({ text, hash: createHash('sha256').update(`${view.transform.mode}\n${text}`).digest('hex') })
}
