import type { Cluster } from '../cluster/cluster.ts'
import type { LocalModel } from '../model/local-model.ts'

interface Service {
  readonly spec?: { readonly ports?: readonly { readonly port: number; readonly targetPort?: number }[] }
}

/**
 * Where a name of the cluster is on this machine: `http://resource-dispatcher.kubeflow:80/sync` is the address of a unit, and the port that the
 * Service leads to. What is no Service of the model stays as it is.
 *
 * @example
 * toUnit(new URL('http://resource-dispatcher.kubeflow:80/sync'), { model, cluster }).href   // 'http://127.125.138.6:8080/sync'
 */
export const toUnit = (url: URL, { model, cluster }: { readonly model: LocalModel; readonly cluster: Cluster }): URL => {
  const [application = '', namespace = model.model.name] = url.hostname.split('.')
  const [unit] = model.unitsOf(application)
  const address = unit === undefined ? undefined : model.state.units[unit]?.address
  if (address === undefined || namespace !== model.model.name) return url
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const { value } = cluster.handle({ method: 'GET', path: `/api/v1/namespaces/${namespace}/services/${application}` })
  // An API server gives a Service where one is asked for; another answer has no spec.
  const { spec } = value as Service
  const target = spec?.ports?.find((each) => each.port === port)?.targetPort ?? port
  const found = new URL(url)
  found.hostname = address
  found.port = String(target)
  return found
}
