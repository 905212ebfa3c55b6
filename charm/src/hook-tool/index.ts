export { actionFail, actionGet, actionLog, actionSet } from './action.ts'
export { type ConfigValue, configGet } from './config.ts'
export { credentialGet } from './credential.ts'
export { type Goal, type GoalState, goalState } from './goal-state.ts'
export { isLeader } from './leader.ts'
export { jujuLog, type LogLevel } from './log.ts'
export { type Network, type NetworkAddress, networkGet, unitAddress } from './network.ts'
export { closePort, openedPorts, openPort, type Port } from './port.ts'
export { jujuReboot } from './reboot.ts'
export { type BagOwner, relationApp, relationGet, relationIds, relationModelUuid, relationSet, relationUnits } from './relation.ts'
export { resourceGet } from './resource.ts'
export {
  createToolRunner,
  HookToolError,
  type RunTool,
  readTool,
  readToolJson,
  type ToolCall,
  type ToolResult,
  type ToolRunnerOptions,
} from './run.ts'
export {
  type SecretAccess,
  type SecretInfo,
  type SecretMetadata,
  type SecretOwner,
  type SecretQuery,
  type SecretRevocation,
  type SecretRotation,
  secretAdd,
  secretGet,
  secretGrant,
  secretIds,
  secretInfo,
  secretRemove,
  secretRevoke,
  secretSet,
} from './secret.ts'
export { stateDelete, stateGet, stateSet } from './state.ts'
export { applicationStatusGet, applicationStatusSet, type ToolStatus, unitStatusGet, unitStatusSet } from './status.ts'
export { type Storage, storageAdd, storageGet, storageList } from './storage.ts'
export { encodeTextMap, type TextMap } from './text-map.ts'
export { applicationVersionSet } from './version.ts'
