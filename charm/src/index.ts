export { type Environment, type JujuContext, type ProxySettings, parseContext } from './context.ts'
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
