import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { goSettings, runGo } from './go.ts'
import { openProgramCache } from './program-cache.ts'

const module = join(import.meta.dirname, 'crds')
const title = 'the definitions of Istio 1.31 and of the Gateway API 1.6'

/** Name of a CustomResourceDefinition to the file that its project publishes it in: the Go module, and the path below. */
const sources = {
  'virtualservices.networking.istio.io': ['istio.io/api', 'kubernetes/customresourcedefinitions.gen.yaml'],
  'authorizationpolicies.security.istio.io': ['istio.io/api', 'kubernetes/customresourcedefinitions.gen.yaml'],
  'httproutes.gateway.networking.k8s.io': ['sigs.k8s.io/gateway-api', 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
} as const satisfies Readonly<Record<string, readonly [module: string, path: string]>>

/** The name of a definition that its project publishes. */
export type PublishedDefinition = keyof typeof sources

const findDocument = (yaml: string, name: string): string => {
  const found = yaml.split(/^---$/m).find((document) => document.includes(`\n  name: ${name}\n`))
  if (found === undefined) throw new Error(`cannot find "${name}": its module publishes no such definition any more`)
  return found
}

const readModules = async (env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, string>> => {
  const names = [...new Set(Object.values(sources).map(([name]) => name))]
  const printed = await runGo({ args: ['mod', 'download', '-json', ...names], title, module, env })
  // One JSON object after the other.
  const found = printed.split(/(?<=^})\n/m).filter((text) => text.trim() !== '')
  return new Map(found.map((text) => JSON.parse(text)).map(({ Path, Dir }: { readonly Path: string; readonly Dir: string }) => [Path, Dir]))
}

/**
 * The definitions of VirtualService, AuthorizationPolicy and HTTPRoute as Istio and the Gateway API publish them, each as YAML: with them a real
 * API server holds our objects against the published schemas. Downloaded once, then from the cache.
 *
 * @throws Error without Go, or when the modules cannot be had
 *
 * @example
 * const { 'virtualservices.networking.istio.io': yaml } = await publishedDefinitions(process.env)
 */
export const publishedDefinitions = async (env: NodeJS.ProcessEnv): Promise<Readonly<Record<PublishedDefinition, string>>> => {
  const cache = openProgramCache(env)
  const sum = createHash('sha256').update(JSON.stringify([goSettings, sources]))
  for (const name of ['go.mod', 'go.sum']) sum.update(await readFile(join(module, name))).update('\0')
  const key = sum.digest('hex').slice(0, 16)
  const kept = await cache.find('definitions.json', key)
  if (kept !== null) return JSON.parse(await readFile(kept, 'utf8'))
  const made = await cache.inWorkshop(async (folder) => {
    const modules = await readModules({ ...env, GOMODCACHE: join(folder, 'modules'), GOCACHE: join(folder, 'objects') })
    const read = async ([name, [path, file]]: readonly [string, readonly [string, string]]) =>
      [name, findDocument(await readFile(join(modules.get(path) ?? '', file), 'utf8'), name)] as const
    const definitions = Object.fromEntries(await Promise.all(Object.entries(sources).map(read)))
    await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitions))
    return cache.put('definitions.json', key, join(folder, 'definitions.json'))
  })
  return JSON.parse(await readFile(made, 'utf8'))
}
