import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environmentVariables, type FeastVersion } from './environment.ts'
import { askWorker, workerVariables } from './python-worker.ts'

const conformanceFolder = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Scripts, and modules that they import by their names. */
export const pythonFolder = join(conformanceFolder, 'python')

/**
 * The Python interpreter of the environment that holds a Feast release: the one that the run's set-up made or was told of.
 *
 * @throws Error that says what to run, when there is none
 */
export const pythonPath = (version: FeastVersion): string => {
  const folder = process.env[environmentVariables[version]]
  const python = join(folder ?? '', 'bin', 'python')
  if (folder !== undefined && existsSync(python)) return python
  throw new Error(`cannot run Feast "${version}": ${environmentVariables[version]} names no environment; start with npm run conformance`)
}

/** What a Python script is run with. */
export interface PythonOptions {
  /** Read by the script from standard input, as JSON. */
  readonly input?: unknown
  /** The folder it runs in. */
  readonly cwd?: string
}

const run = async (version: FeastVersion, program: { readonly file: string } | { readonly text: string }, options: PythonOptions) => {
  const worker = process.env[workerVariables[version]]
  if (worker === undefined) throw new Error(`cannot run Feast "${version}": no worker of it was started; start with npm run conformance`)
  const { code, out, err } = await askWorker(worker, {
    ...program,
    input: options.input === undefined ? '' : JSON.stringify(options.input),
    cwd: options.cwd ?? process.cwd(),
  })
  if (code !== 0) throw new Error(`cannot run script beside Feast "${version}": ${err.slice(-4000) || `it ended with ${code}`}`)
  const line = out.trimEnd().split('\n').at(-1) ?? ''
  return line === '' ? null : JSON.parse(line)
}

/**
 * Runs a Python text beside a Feast release and parses the last line that it prints as JSON (`null` when it prints nothing).
 *
 * @throws Error with the script's traceback when it fails
 * @example
 * await runPython('0.67.0', 'import json, feast; print(json.dumps(feast.__version__))') // '0.67.0'
 */
export const runPython = (version: FeastVersion, script: string, options: PythonOptions = {}): Promise<unknown> =>
  run(version, { text: script }, options)

/**
 * Runs a file of `conformance/python` as {@link runPython} runs a text. Feast finds the source text of functions in files only.
 *
 * @example
 * await runPythonFile('0.49.0', 'every_kind.py', { input })
 */
export const runPythonFile = (version: FeastVersion, file: string, options: PythonOptions = {}): Promise<unknown> =>
  run(version, { file: join(pythonFolder, file) }, options)
