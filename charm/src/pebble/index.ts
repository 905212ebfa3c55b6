export { type Change, getChange, listChanges, type Task, waitChange } from './change.ts'
export { type CheckInfo, listChecks, refreshCheck, startChecks, stopChecks } from './check.ts'
export {
  callPebble,
  createPebbleClient,
  type PebbleAnswer,
  type PebbleClient,
  PebbleError,
  type PebbleRequest,
  type PebbleResult,
} from './client.ts'
export { ExecError, type ExecOptions, type ExecResult, exec, execOutput } from './exec.ts'
export {
  type FileInfo,
  type FilePush,
  findFile,
  findFiles,
  listFiles,
  makeDir,
  type Ownership,
  PathError,
  pullFile,
  pushFiles,
  removePath,
} from './file.ts'
export { isHealthy } from './health.ts'
export { type Identity, listIdentities, removeIdentities, replaceIdentities } from './identity.ts'
export { addLayer, type Check, type ExitAction, type Layer, type LogTarget, type Service } from './layer.ts'
export { getServiceLogs, type ServiceLogLine } from './log.ts'
export { addNotice, getNotice, listNotices, type Notice, type NoticeQuery } from './notice.ts'
export { getPlan, isPlanned, type Plan, parseDuration } from './plan.ts'
export {
  autostart,
  listServices,
  replan,
  restartServices,
  type ServiceInfo,
  type ServiceOptions,
  signalServices,
  startServices,
  stopServices,
} from './service.ts'
export { findSystemInfo, getSystemInfo, type SystemInfo } from './system-info.ts'
