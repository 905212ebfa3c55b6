import type { ClusterKey } from '../cluster/model-cluster.ts'
import { bundleError } from '../errors.ts'
import type { KubernetesConnection } from '../kubernetes/connection.ts'
import type { LocalModel } from '../model/local-model.ts'
import type { Pods } from '../pod/pods.ts'
import { formatStatus } from '../status.ts'
import type { HookLog } from './hook-log.ts'
import { addNamespace } from './namespace.ts'

/** What commands work on. */
export interface CommandSurroundings {
  readonly model: LocalModel
  readonly pods: Pods
  readonly log: HookLog
  readonly kubernetes: KubernetesConnection
  /** Where the cluster is, and who may everything there: for the commands that run in a process of their own. */
  readonly access: ClusterKey & { readonly firstUrl: string }
  /** Ends the bundle, once the answer is out. */
  readonly stop: () => void
}

/** A command of a running bundle: what it is given, what it is for, and what it prints. */
export interface Command {
  readonly usage: string
  readonly summary: string
  /** How many arguments it takes. */
  readonly least: number
  readonly most: number
  readonly run: (args: readonly string[], around: CommandSurroundings) => Promise<string> | string
}

/** `key=value` arguments. */
const pairsOf = (words: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw bundleError('BUNDLE_COMMAND_INVALID', [word, 'an argument is missing its value; allowed: key=value'])
      return [word.slice(0, at), word.slice(at + 1)]
    }),
  )

/** What was changed, and the model once it has settled. */
const settled = async ({ model }: CommandSurroundings): Promise<string> => {
  await model.settle()
  return ''
}

const describeResult = (results: Readonly<Record<string, unknown>>, depth = 0): string =>
  Object.entries(results)
    .map(([key, value]) => {
      const head = `${'  '.repeat(depth)}${key}:`
      if (typeof value === 'object' && value !== null) return `${head}\n${describeResult({ ...value }, depth + 1)}`
      const text = String(value)
      return text.includes('\n') ? `${head} |-\n${text.replace(/^/gm, '  '.repeat(depth + 1))}` : `${head} ${text}`
    })
    .join('\n')

const runAction = async ([target = '', name = '', ...params]: readonly string[], { model }: CommandSurroundings): Promise<string> => {
  const result = await model.runAction(target, name, pairsOf(params))
  if (result.status === 'failed') throw bundleError('BUNDLE_ACTION_FAILED', [name, result.message])
  return describeResult(result.results)
}

const showConfig = ([application = '', ...words]: readonly string[], around: CommandSurroundings): Promise<string> | string => {
  const { model } = around
  if (words.length === 1 && !words[0]?.includes('=')) return String(model.configOf(application)[words[0] ?? ''] ?? '')
  if (words.length === 0) return describeResult(model.configOf(application))
  model.setConfig(application, model.parseOptions(application, pairsOf(words)))
  return settled(around)
}

const showLogs = ([unit]: readonly string[], { log, pods, model }: CommandSurroundings): string => {
  const workloads = Object.entries(model.state.units)
    .filter(([name]) => unit === undefined || name === unit)
    .flatMap(([name, { containers }]) =>
      Object.keys(containers).flatMap(
        (each) =>
          pods
            .find(name, each)
            ?.logs(100)
            .map((line) => ({ name, line })) ?? [],
      ),
    )
    .map(({ name, line }) => `unit-${name.replace('/', '-')}: ${line.time.slice(11, 19)} INFO ${line.service} ${line.message}`)
  return [...log.last(200, unit), ...workloads].join('\n')
}

/** The commands that a running bundle takes, by name. */
export const commands: Readonly<Record<string, Command>> = {
  status: {
    ...{ usage: 'status', summary: 'what is deployed, as juju status prints it', least: 0, most: 0 },
    run: (_, { model }) => formatStatus(model.state).trimEnd(),
  },
  integrate: {
    ...{ usage: 'integrate APPLICATION[:ENDPOINT] APPLICATION[:ENDPOINT]', summary: 'relates two applications', least: 2, most: 2 },
    run: ([left = '', right = ''], around) => {
      around.model.integrate(left, right)
      return settled(around)
    },
  },
  'remove-relation': {
    ...{ usage: 'remove-relation APPLICATION[:ENDPOINT] APPLICATION[:ENDPOINT]', summary: 'ends a relation', least: 2, most: 2 },
    run: ([left = '', right = ''], around) => {
      around.model.removeRelation(left, right)
      return settled(around)
    },
  },
  'add-unit': {
    ...{ usage: 'add-unit APPLICATION', summary: 'adds a unit', least: 1, most: 1 },
    run: ([application = ''], around) => {
      around.model.addUnit(application)
      return settled(around)
    },
  },
  'remove-unit': {
    ...{ usage: 'remove-unit UNIT', summary: 'lets a unit go', least: 1, most: 1 },
    run: ([unit = ''], around) => {
      around.model.removeUnit(unit)
      return settled(around)
    },
  },
  config: {
    ...{ usage: 'config APPLICATION [OPTION | OPTION=VALUE…]', summary: 'shows or sets options', least: 1, most: 100 },
    run: showConfig,
  },
  run: {
    ...{ usage: 'run UNIT|APPLICATION/leader ACTION [PARAMETER=VALUE…]', summary: 'runs an action', least: 2, most: 100 },
    run: runAction,
  },
  'rotate-password': {
    ...{ usage: 'rotate-password APPLICATION', summary: 'gives the users of a database new passwords', least: 1, most: 1 },
    run: ([application = ''], around) => runAction([`${application}/leader`, 'rotate-password'], around),
  },
  'add-namespace': {
    ...{ usage: 'add-namespace NAME', summary: "makes a user's namespace, as a profile of Kubeflow does", least: 1, most: 1 },
    run: async ([name = ''], { kubernetes }) => {
      await addNamespace(kubernetes, name)
      return ''
    },
  },
  access: {
    ...{ usage: 'access', summary: 'how to get into the cluster: for programs', least: 0, most: 0 },
    run: (_, { access }) => JSON.stringify(access),
  },
  logs: {
    ...{ usage: 'logs [UNIT]', summary: 'what charms and services said last', least: 0, most: 1 },
    run: showLogs,
  },
  down: {
    ...{
      usage: 'down',
      summary: 'stops the bundle; its state stays. With --kubernetes it takes out of the cluster what it made there',
      least: 0,
      most: 0,
    },
    run: (_, { stop }) => {
      stop()
      return ''
    },
  },
}

/**
 * Runs a command by its name.
 *
 * @throws BUNDLE_COMMAND_INVALID, and what the command throws
 *
 * @example
 * await runCommand(['status'], { model, pods, log, stop })
 */
export const runCommand = async ([name = '', ...args]: readonly string[], around: CommandSurroundings): Promise<string> => {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined)
    throw bundleError('BUNDLE_COMMAND_INVALID', [name, `there is no such command; allowed: ${Object.keys(commands).join(', ')}`])
  if (args.length < command.least || args.length > command.most)
    throw bundleError('BUNDLE_COMMAND_INVALID', [name, `it is used so: charmed-feast ${command.usage}`])
  return command.run(args, around)
}
