import type { Informer } from '../kubernetes/informer.ts'
import type { LocalModel } from '../model/local-model.ts'

interface Service {
  readonly spec?: { readonly ports?: readonly { readonly port: number; readonly targetPort?: number }[] }
}

/**
 * Where a name of the cluster is on this machine: `http://resource-dispatcher.kubeflow:80/sync` is the address of a unit, and the port that the
 * Service leads to. What is no Service of the model stays as it is.
 *
 * @example
 * toUnit(new URL('http://resource-dispatcher.kubeflow:80/sync'), { model, services }).href   // 'http://127.125.138.6:8080/sync'
 */
export const toUnit = (url: URL, { model, services }: { readonly model: LocalModel; readonly services: Pick<Informer, 'get'> }): URL => {
  const [application = '', namespace = model.model.name] = url.hostname.split('.')
  const [unit] = model.unitsOf(application)
  const address = unit === undefined ? undefined : model.state.units[unit]?.address
  if (address === undefined || namespace !== model.model.name) return url
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  // An API server gives Services where they are asked for.
  const { spec } = (services.get(namespace, application) ?? {}) as Service
  const target = spec?.ports?.find((each) => each.port === port)?.targetPort ?? port
  const found = new URL(url)
  found.hostname = address
  found.port = String(target)
  return found
}
