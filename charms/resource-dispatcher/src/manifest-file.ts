import { createHash } from 'node:crypto'

import { type Manifest, manifestKey } from './manifest.ts'

/** The folder, below an endpoint's, of manifests for every namespace; no namespace can be called so. */
const globalFolder = '_global'

// Longer names leave no room for what follows them: a file's name has at most 255 bytes.
const longest = 200

const shorten = (name: string): string =>
  name.length <= longest ? name : `${name.slice(0, 100)}%${createHash('sha256').update(name).digest('hex').slice(0, 32)}`

/** No name of Kubernetes has a percent sign, so that nothing else can be called so. */
const fileName = ({ name, kind }: Manifest, another: boolean): string => `${shorten(name)}${another ? `%${kind}` : ''}.yaml`

/**
 * The files of manifests, by path below their endpoint's folder, as the Python charm lays them out: `_global/NAME.yaml` and
 * `NAMESPACE/NAME.yaml`. Of two kinds with one name the second gets its kind into the file's name.
 *
 * @example
 * manifestPaths(manifests).get(manifestKey(manifests[0]))   // '_global/feature-store-yaml.yaml'
 */
export const manifestPaths = (manifests: readonly Manifest[]): ReadonlyMap<string, string> => {
  const paths = new Map<string, string>()
  const taken = new Set<string>()
  for (const manifest of manifests) {
    const place = manifest.namespace ?? globalFolder
    const plain = `${place}/${fileName(manifest, false)}`
    const path = taken.has(plain) ? `${place}/${fileName(manifest, true)}` : plain
    taken.add(path)
    paths.set(manifestKey(manifest), path)
  }
  return paths
}

const sortKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const escapeCharacter = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/**
 * The text of a manifest's file: JSON, which is YAML too, with sorted keys.
 *
 * The Python hook server renders files as Jinja templates. `{{ NAMESPACE }}` is meant to be one (kubeflow.md §2.5); every other opening of a
 * template is written as an escape, which means nothing to Jinja and the same to YAML. So are characters that PyYAML does not read.
 *
 * @example
 * printManifest({ data: { a: '{% x %}' } })   // '{\n  "data": {\n    "a": "\\u007b% x %}"\n  }\n}\n'
 */
export const printManifest = (content: Manifest['content']): string => {
  const json = JSON.stringify(content, sortKeys, 2)
  const safe = json
    .replace(/\{\{\s*NAMESPACE\s*\}\}|\{(?=[{%#])/g, (found) => (found === '{' ? escapeCharacter(found) : found))
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escapeCharacter)
  return `${safe}\n`
}
