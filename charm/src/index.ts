export type { Action, ActionResult } from './action.ts'
export { type Charm, defineCharm } from './charm.ts'
export type { Container, ContainerPart, ContainerParts } from './container.ts'
export { type Environment, type JujuContext, type ProxySettings, parseContext } from './context.ts'
export type {
  Applied,
  AppliedContainer,
  Desired,
  DesiredBag,
  DesiredContainer,
  DesiredFile,
  DesiredObject,
  DesiredRelation,
  DesiredSecret,
  DesiredSecrets,
  DesiredStatus,
  FailedObject,
} from './desired.ts'
export { type CharmHost, dispatch, run } from './dispatch.ts'
export { CharmError, type CharmErrorCode, charmError, charmErrors, isCharmError } from './errors.ts'
export type {
  ActionEvent,
  HookEvent,
  LifecycleEvent,
  OtherEvent,
  PebbleEvent,
  RelationEvent,
  SecretEvent,
  StorageEvent,
} from './event.ts'
export type { Hook } from './hook.ts'
export type { ConfigValue } from './hook-tool/config.ts'
export type { Goal, GoalState } from './hook-tool/goal-state.ts'
export type { LogLevel } from './hook-tool/log.ts'
export type { Network, NetworkAddress } from './hook-tool/network.ts'
export type { JsonObject } from './hook-tool/output.ts'
export {
  createToolRunner,
  HookToolError,
  type RunTool,
  readTool,
  readToolJson,
  type ToolCall,
  type ToolResult,
  type ToolRunnerOptions,
} from './hook-tool/run.ts'
export type { SecretAccess, SecretInfo, SecretMetadata, SecretOwner, SecretQuery, SecretRotation } from './hook-tool/secret.ts'
export type { TextMap } from './hook-tool/text-map.ts'
export {
  createInClusterSender,
  createKubernetesClient,
  type InClusterOptions,
  type KubernetesAnswer,
  type KubernetesClient,
  KubernetesError,
  type KubernetesRequest,
  type SendToKubernetes,
} from './kubernetes/client.ts'
export { describeObject, isContained, type KubernetesObject, type ObjectReference, objectPath } from './kubernetes/object.ts'
export type { Log } from './log.ts'
export type { CharmMetadata, ConfigOf, ContainerOf, EndpointMetadata, EndpointOf, OptionMetadata } from './metadata.ts'
export { createRedactor, isSensitiveKey, type Redactor } from './redact.ts'
export type { Relation, RelationName, RelationPart, RelationParts } from './relation.ts'
export { type SecretUri, secretId, secretUri } from './secret.ts'
export { active, blocked, maintenance, type Status, type StatusKind, waiting, worstStatus } from './status.ts'
