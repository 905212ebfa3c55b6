import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import type { KubernetesObject } from '@charmed-feast/charm'
import { parseAllDocuments } from 'yaml'

/** The charms that ask the cluster for anything. */
const charms = ['feast-integrator', 'resource-dispatcher', 'feast-ui'] as const

/** The model that the files name. */
const written = 'kubeflow'

const inModel = (object: object, model: string): KubernetesObject =>
  JSON.parse(JSON.stringify(object), (key: string, value: unknown) => {
    if (key === 'namespace' && value === written) return model
    return key === 'name' && typeof value === 'string' && value.startsWith(`${written}-`) ? `${model}${value.slice(written.length)}` : value
  })

/**
 * What our charms' service accounts may do in the cluster of a model: what their `rbac.yaml` says, and no more.
 *
 * @example
 * for (const object of await charmRights('kubeflow')) await apply(object)
 */
export const charmRights = async (model: string): Promise<readonly KubernetesObject[]> => {
  const texts = await Promise.all(
    charms.map((charm) => readFile(fileURLToPath(new URL('../rbac.yaml', import.meta.resolve(`@charmed-feast/${charm}-charm`))), 'utf8')),
  )
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => inModel(document.toJS(), model)))
}
