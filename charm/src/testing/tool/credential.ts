import type { CloudSpec } from '../model/model.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import type { Printable } from './go-json.ts'
import { ToolError } from './tool-error.ts'

const refused = 'cannot access cloud credentials'
const outsideCluster =
  'reading in-cluster config: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined'

/** `credential-get`: on Kubernetes the agent builds it from its own service account, which a model outside a cluster has not. */
export function credentialGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  checkEmpty(call.parse())
  const { application, model } = call.context
  if (!application.trusted || !model.cloud) throw new ToolError(`${refused}: getting model credentials: permission denied`)
  if (model.type === 'caas') throw new ToolError(`${refused}: ${outsideCluster}`)
  output.write(output.format() === 'json' ? asJson(model.cloud) : asYaml(model.cloud))
}

function asJson(cloud: CloudSpec): Printable {
  return new Map<string, Printable>([
    ['type', cloud.type],
    ['name', cloud.name],
    ...(cloud.region === '' ? [] : [['region', cloud.region] as const]),
    ...(cloud.endpoint === '' ? [] : [['endpoint', cloud.endpoint] as const]),
    [
      'credential',
      new Map<string, Printable>([
        ['auth-type', cloud.credential.authType],
        ['attrs', cloud.credential.attributes],
      ]),
    ],
    ...(cloud.isControllerCloud ? [['is-controller-cloud', true] as const] : []),
  ])
}

// The struct has names for JSON only; YAML takes the lower-cased names of its fields, and leaves none out.
function asYaml(cloud: CloudSpec): Printable {
  return new Map<string, Printable>([
    ['type', cloud.type],
    ['name', cloud.name],
    ['region', cloud.region],
    ['endpoint', cloud.endpoint],
    ['identityendpoint', ''],
    ['storageendpoint', ''],
    [
      'credential',
      new Map<string, Printable>([
        ['authtype', cloud.credential.authType],
        ['attributes', cloud.credential.attributes],
        ['redacted', []],
      ]),
    ],
    ['cacertificates', []],
    ['skiptlsverify', false],
    ['iscontrollercloud', cloud.isControllerCloud],
  ])
}
