import type { Hook } from '../context/hook.ts'
import { applicationOf, type Model, newApplication, newUnit, type PortRange, type Status } from '../model/model.ts'
import { orderEnds, type Relation } from '../model/relation.ts'
import { type Secret, sortBag } from '../model/secret.ts'
import { applicationTag } from '../model/tag.ts'
import type {
  RecordedHook,
  RecordedNetwork,
  RecordedPorts,
  RecordedRelation,
  RecordedSecret,
  RecordedStatus,
  RecordedWorld,
} from './recording.ts'

/** The model that a recorded world describes, as its one unit sees it. */
export function modelOfWorld(world: RecordedWorld): Model {
  const application = applicationOf(world.unit)
  const machine = world.model_type === 'iaas' ? '0' : null
  const siblings = Object.entries(world.unit_statuses).filter(([name]) => name !== world.unit)
  const units = [
    newUnit(world.unit, {
      status: statusOf(world.unit_status),
      charmState: world.charm_state,
      ports: portsOf(world.ports),
      networks: Object.fromEntries(Object.entries(world.networks).map(([binding, network]) => [binding, networkOf(network)])),
      storage: Object.fromEntries(
        Object.entries(world.storage).map(([id, { kind, location }]) => [id, { kind: kind === 1 ? 'block' : 'filesystem', location }]),
      ),
      machine,
      zone: machine === null ? '' : 'zone-a',
      publicAddress: world.public_address,
      goalState: world.goal_state,
    }),
    ...siblings.map(([name, status]) => newUnit(name, { status: statusOf(status), machine: machine === null ? null : '1' })),
    ...Object.entries(world.other_units_ports ?? {}).map(([name, ports]) => newUnit(name, { ports: portsOf(ports), machine })),
  ]
  const leader = world.leader ? world.unit : `${application}/1`
  const { status, trusted, config, leaderSettings } = {
    ...world,
    status: statusOf(world.app_status),
    leaderSettings: world.leader_settings,
  }
  const own = newApplication(application, { leader, trusted, config, status, leaderSettings, resources: world.resources ?? {} })
  return {
    name: world.model_name,
    uuid: world.model_uuid,
    type: world.model_type,
    cloud: cloudOf(world),
    applications: { [application]: own },
    units: Object.fromEntries(units.map((unit) => [unit.name, unit])),
    relations: world.relations.map((relation) => relationOf(world, relation)),
    secrets: world.secrets.map((secret) => secretOf(world, secret)),
  }
}

function statusOf({ status, info, data }: RecordedStatus): Status {
  return { status, message: info, data }
}

function portsOf(ports: RecordedPorts): Readonly<Record<string, readonly PortRange[]>> {
  return Object.fromEntries(
    Object.entries(ports).map(([endpoint, ranges]) => [
      endpoint,
      ranges.map((range) => ({ from: range['from-port'], to: range['to-port'], protocol: range.protocol })),
    ]),
  )
}

function networkOf(network: RecordedNetwork): Model['units'][string]['networks'][string] {
  return {
    interfaces: network['bind-addresses'].map((each) => ({
      macAddress: each['mac-address'],
      interfaceName: each['interface-name'],
      addresses: each.addresses,
    })),
    egressSubnets: network['egress-subnets'] ?? [],
    ingressAddresses: network['ingress-addresses'] ?? [],
  }
}

function cloudOf({ cloud_spec: cloud }: RecordedWorld): Model['cloud'] {
  if (!cloud) return null
  const { type, name, region, endpoint, credential } = cloud
  return {
    type,
    name,
    region,
    endpoint,
    credential: { authType: credential['auth-type'], attributes: credential.attrs },
    isControllerCloud: cloud['is-controller-cloud'],
  }
}

function relationOf(world: RecordedWorld, recorded: RecordedRelation): Relation {
  const application = applicationOf(world.unit)
  const own = { application, endpoint: recorded.endpoint, role: recorded.role }
  const foreign = recorded.remote_model_uuid === world.model_uuid ? {} : { modelUuid: recorded.remote_model_uuid }
  const role = recorded.role === 'requirer' ? ('provider' as const) : ('requirer' as const)
  const remote = { application: recorded.remote_app, endpoint: recorded.remote_endpoint, role, ...foreign }
  const remoteAppData = recorded.role === 'peer' ? {} : { [recorded.remote_app]: recorded.remote_app_data }
  return {
    id: recorded.id,
    interface: recorded.interface,
    ends: recorded.role === 'peer' ? [own] : orderEnds([own, remote]),
    life: recorded.life ?? 'alive',
    suspended: recorded.suspended ?? false,
    units: [world.unit, ...recorded.remote_units],
    applicationData: { ...remoteAppData, [application]: recorded.local_app_data },
    unitData: { ...recorded.remote_unit_data, [world.unit]: recorded.local_unit_data },
  }
}

function secretOf(world: RecordedWorld, recorded: RecordedSecret): Secret {
  const application = applicationOf(world.unit)
  const owner =
    recorded.owner === 'unit'
      ? ({ kind: 'unit', name: world.unit } as const)
      : ({ kind: 'application', name: recorded.owner === 'application' ? application : recorded.owner } as const)
  const readable = recorded.readable ? [{ target: applicationTag(application), scope: 'relation-unknown' }] : []
  const tracked = recorded.consumer_revision ?? (recorded.consumer_label === undefined ? undefined : 1)
  return {
    id: recorded.id,
    owner,
    label: recorded.label ?? '',
    description: recorded.description ?? '',
    rotate: recorded.rotate ?? '',
    expire: recorded.expire ?? '',
    revisions: Object.entries(recorded.revisions).map(([revision, content]) => ({
      revision: Number(revision),
      content: sortBag(Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString('base64')]))),
    })),
    grants: [...(recorded.access ?? []).map((grant) => ({ target: grant['target-tag'], scope: grant['scope-tag'] })), ...readable],
    consumers: tracked === undefined ? {} : { [world.unit]: { revision: tracked, label: recorded.consumer_label ?? '' } },
  }
}

/** The hook that a recording names. */
export function hookOf(hook: RecordedHook): Hook {
  const secret =
    hook.secret_uri === undefined ? undefined : { uri: hook.secret_uri, label: hook.secret_label, revision: hook.secret_revision }
  const notice = hook.notice_id === undefined ? undefined : { id: hook.notice_id, type: hook.notice_type ?? '', key: hook.notice_key ?? '' }
  const action = hook.action === undefined ? undefined : { name: hook.action, id: hook.action_id ?? '', params: hook.params ?? {} }
  const given = {
    kind: hook.kind ?? 'action',
    relation: hook.relation_id,
    remoteUnit: hook.remote_unit,
    remoteApplication: hook.remote_application,
    departingUnit: hook.departing_unit,
    workload: hook.workload,
    check: hook.check_name,
    storage: hook.storage_id,
    secret: secret && dropUndefined(secret),
    notice,
    action,
  }
  return dropUndefined(given)
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> }

function dropUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<Value>
}
