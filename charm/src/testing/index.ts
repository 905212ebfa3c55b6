export { type InstallOptions, installTools } from './agent/client.ts'
export { type Agent, type AgentOptions, startAgent } from './agent/server.ts'
export { HookContext, type HookContextOptions } from './context/context.ts'
export { endHook, type HookEnd, type SendCommit } from './context/end.ts'
export { type HookPlace, hookEnvironment, systemVariables } from './context/environment.ts'
export { type Hook, hookName } from './context/hook.ts'
export type { GoldenDifference, TreePath } from './golden/compare.ts'
export type { DefectAssertion, Deviation } from './golden/deviation.ts'
export { type Fixture, readFixtures } from './golden/fixture.ts'
export { featureStores } from './golden/intended.ts'
export { findLeaks } from './golden/leak.ts'
export { type Meaning, meaningOf } from './golden/meaning.ts'
export { formatGoldenCharmReport, type GoldenCharmReport, type GoldenOptions, type GoldenResult, runGolden } from './golden/run.ts'
export { formatGoldenReport, type GoldenFailure, type GoldenReport, runGoldenJuju } from './golden-juju.ts'
export { type ApiAnswer, type ApiRequest, ApiServer, type ApiServerOptions } from './kubernetes/api-server.ts'
export { FakeKubernetes, type KubernetesRefusal, type KubernetesWrite } from './kubernetes/fake-kubernetes.ts'
export { type ObjectChange, ObjectStore } from './kubernetes/object-store.ts'
export { parsePath, resourcePath, type Target } from './kubernetes/path.ts'
export { Refusal } from './kubernetes/refusal.ts'
export { type ResourceKind, rootOf } from './kubernetes/resource-kind.ts'
export { type LabelSelector, matchesQuery, matchesSelector } from './kubernetes/selector.ts'
export { type HandledRequest, type KubernetesHandler, type KubernetesServer, serveKubernetes } from './kubernetes/server.ts'
export { applyChange } from './model/apply-change.ts'
export type { ActionResult, Change, Commit, LogLine } from './model/change.ts'
export { applyCommit, type CommitOutcome } from './model/commit.ts'
export { countChanges, type DatabagVersions, databagVersion } from './model/databag-version.ts'
export {
  addApplication,
  addRelation,
  addUnit,
  destroyApplication,
  destroyRelation,
  destroyUnit,
  enterScope,
  leaveScope,
  removeUnit,
  setLeader,
} from './model/lifecycle.ts'
export { type Application, type Bag, type Model, type ModelHolder, newApplication, newUnit, type Unit } from './model/model.ts'
export { orderEnds, type Relation, type RelationEnd, relationKey, relationSide } from './model/relation.ts'
export { newSecretId, type Secret } from './model/secret.ts'
export { asRecord, asTexts, async, type FakeAnswer, type FakeRequest, PebbleRefusal, parseBody, sync } from './pebble/answer.ts'
export { type FakeCheck, FakeChecks } from './pebble/checks.ts'
export { findChange, namesOf, type Operation, PebbleDaemon } from './pebble/daemon.ts'
export { FakePebble, type FakePebbleOptions, type FakePebbleState } from './pebble/fake-pebble.ts'
export { type ContainerFiles, type FileMeta, FileProblem } from './pebble/files.ts'
export { FakeNotices } from './pebble/notices.ts'
export type { FakeLayer, PlanEntry } from './pebble/plan.ts'
export { type PebbleHandler, type ServePebbleOptions, servePebble } from './pebble/server.ts'
export { checkSignal, configOf, describeChange, describeServices, describeTask, planTasks, type ServiceAction } from './pebble/services.ts'
export { checkState } from './scenario/check.ts'
export { inProcess } from './scenario/in-process.ts'
export {
  type CharmExit,
  type CharmRunner,
  type ContainerOutcome,
  type HookWorld,
  type KubernetesOutcome,
  type Outcome,
  runScenario,
  type ScenarioCharm,
  type ScenarioOptions,
} from './scenario/run.ts'
export {
  type ContainerState,
  type KubernetesState,
  losePod,
  newState,
  type PortState,
  type RelationState,
  type ScenarioEvent,
  type SecretState,
  type State,
  type StateInput,
  type StatusState,
} from './scenario/state.ts'
export { type DispatchOptions, throughDispatch } from './scenario/through-dispatch.ts'
export { type CallCounts, countCalls, type TraceEntry } from './scenario/trace.ts'
export { Controller, type Deployment, type DeployOptions } from './simulation/controller.ts'
export { type Disturbance, everydayDisturbances, relationLoss, scaling } from './simulation/disturbance.ts'
export { type OrderOptions, type OrderStep, runInOrder } from './simulation/order.ts'
export type { ContainerImage, Pod, PodContainer } from './simulation/pod.ts'
export { newRandom, type Random } from './simulation/random.ts'
export { type SettledState, settledState } from './simulation/settled-state.ts'
export type { HookRecord } from './simulation/simulated-hook.ts'
export { type SettleOptions, Simulation, type SimulationOptions } from './simulation/simulation.ts'
export { formatGoDuration, parseGoDuration } from './tool/go-duration.ts'
export { runTool, type ToolAnswer, type ToolInput, tools } from './tool/run-tool.ts'
export { afterOperation, type OperationResult } from './unit-agent/after-operation.ts'
export { nextOperation } from './unit-agent/next-operation.ts'
export type { AgentOperation } from './unit-agent/operation.ts'
export { type AgentHook, type AgentRelation, type AgentRestart, type AgentState, newAgentState, restartAgent } from './unit-agent/state.ts'
export type { AgentView, ConsumedSecret, RelationView, SecretRevisionView } from './unit-agent/view.ts'
