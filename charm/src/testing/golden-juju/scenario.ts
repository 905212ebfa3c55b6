import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { HookContext } from '../context/context.ts'
import { endHook } from '../context/end.ts'
import { hookEnvironment } from '../context/environment.ts'
import type { Commit } from '../model/change.ts'
import type { ModelHolder } from '../model/model.ts'
import { runTool, type ToolAnswer } from '../tool/run-tool.ts'
import { callOfAction, callOfChange, callOfCommit } from './api-call.ts'
import { canonical, deepMerge, fillMarks } from './marks.ts'
import type { RecordedCall, RecordedScenario, RecordedStep, RecordedWorld } from './recording.ts'
import { hookOf, modelOfWorld } from './world.ts'

/** One value that is not as recorded. */
export interface Difference {
  /** Where: `steps.0.stdout`, `end.calls`. */
  readonly path: string
  readonly expected: unknown
  readonly actual: unknown
}

/** Plays a recorded hook on the fake tools and gives what differs: nothing, when they are as Juju's. */
export function playScenario(recorded: RecordedScenario, worlds: Readonly<Record<string, RecordedWorld>>): Difference[] {
  const root = mkdtempSync(join(tmpdir(), 'golden-juju-'))
  try {
    return play(recorded, worlds, root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function play(recorded: RecordedScenario, worlds: Readonly<Record<string, RecordedWorld>>, root: string): Difference[] {
  const charmDir = join(root, 'charm')
  mkdirSync(charmDir)
  const scenario = fillMarks(recorded, { $CHARM_DIR: charmDir, $ROOT: root, $CONTEXT_ID: 'context' }) as RecordedScenario
  const context = openContext(scenario, worlds)
  if (!(context instanceof HookContext)) return differences('context_error', scenario.context_error, context.message)
  const steps = (scenario.steps ?? []).flatMap((step, index) => playStep(context, step, `steps.${index}`, charmDir))
  const env = scenario.env ? differences('env', scenario.env, listEnvironment(context, root, charmDir)) : []
  return [...differences('context_error', scenario.context_error, undefined), ...steps, ...env, ...playEnd(context, scenario)]
}

function openContext(scenario: RecordedScenario, worlds: Readonly<Record<string, RecordedWorld>>): HookContext | Error {
  const leader = scenario.leader === undefined ? {} : { leader: scenario.leader }
  const patched = deepMerge(deepMerge(worlds[scenario.world], leader), scenario.world_patch ?? {}) as RecordedWorld
  const holder: ModelHolder = { model: modelOfWorld(patched) }
  let minted = 0
  const newSecretId = (): string => `n${String(++minted).padStart(18, '0')}0`
  try {
    return new HookContext({ holder, unit: patched.unit, hook: hookOf(scenario.hook), newSecretId })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function playStep(context: HookContext, step: RecordedStep, path: string, charmDir: string): Difference[] {
  for (const [name, text] of Object.entries(step.files ?? {})) {
    mkdirSync(dirname(join(charmDir, name)), { recursive: true })
    writeFileSync(join(charmDir, name), text)
  }
  const [changed, logged] = [context.changes.length, context.log.length]
  const { tool, argv, stdin = '' } = step
  const answer = runTool(context, { tool, args: argv, stdin, directory: charmDir })
  const immediate = context.changes.slice(changed).flatMap((change) => callOfChange(change) ?? [])
  return [
    ...differences(`${path}.exit`, step.exit, answer.exit),
    ...differences(`${path}.stdout`, printedBy(step, step.stdout), printedBy(step, answer.stdout)),
    ...differences(`${path}.stderr`, step.stderr, answer.stderr),
    ...differences(`${path}.stdin_read`, step.stdin_read ?? false, answer.stdinRead),
    ...differences(`${path}.immediate`, step.immediate ?? [], immediate),
    ...differences(`${path}.log`, step.log ?? [], context.log.slice(logged)),
    ...Object.entries(step.wrote ?? {}).flatMap(([name, text]) => differences(`${path}.wrote.${name}`, text, readWritten(charmDir, name))),
  ]
}

function readWritten(charmDir: string, name: string): string | undefined {
  const path = join(charmDir, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function printedBy(step: RecordedStep, text: ToolAnswer['stdout']): unknown {
  if (!step.unordered) return text
  return text.startsWith('[') ? canonical(JSON.parse(text)) : text.split('\n').sort()
}

function playEnd(context: HookContext, { end }: RecordedScenario): Difference[] {
  if (!end) return []
  const calls: RecordedCall[] = []
  // The controller of the recordings accepted every commit: only what the agent sends was recorded.
  const send = (commit: Commit): null => {
    calls.push(callOfCommit(context.model, commit))
    return null
  }
  const { action, failure, reboot } = endHook(context, end.hook_exit, send)
  if (action) calls.push(callOfAction(action))
  if (reboot) calls.push(...callsOfReboot(context, reboot))
  return [...differences('end.calls', end.calls ?? [], calls), ...differences('end.flush_error', end.flush_error, failure ?? undefined)]
}

function callsOfReboot(context: HookContext, reboot: 'asked' | 'impossible'): RecordedCall[] {
  const tag = `unit-${context.unitName.replace('/', '-')}`
  const status = { call: 'SetAgentStatus', args: { entities: [{ data: null, info: '', status: 'rebooting', tag }] } }
  const request = { call: 'RequestReboot', args: { entities: [{ tag: `machine-${context.unit.machine}` }] } }
  return reboot === 'asked' ? [status, request] : [status]
}

function listEnvironment(context: HookContext, root: string, charmDir: string): string[] {
  const variables = hookEnvironment(context, {
    charmDir,
    toolDir: join(root, 'tools'),
    path: '',
    socket: join(root, 'agent.socket'),
    contextId: 'context',
    jujuVersion: '3.6.25',
    apiAddresses: '10.1.0.1:17070',
    cloudApiVersion: '1.31.0',
  })
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
}

function differences(path: string, expected: unknown, actual: unknown): Difference[] {
  return inOrder(expected) === inOrder(actual) ? [] : [{ path, expected, actual }]
}

/** Steps, calls and log lines count in their order; what is inside a call does not, because Juju's maps have none. */
function inOrder(value: unknown): string {
  return Array.isArray(value) ? value.map(canonical).join('\n') : canonical(value)
}
