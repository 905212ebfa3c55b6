import { type ExecFileException, execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The Feast releases that judge us: the oldest and the newest that share a registry with ours. */
export const feastVersions = ['0.49.0', '0.67.0'] as const

/** One of {@link feastVersions}. */
export type FeastVersion = (typeof feastVersions)[number]

const conformanceFolder = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Modules that scripts import by their names. */
const pythonFolder = join(conformanceFolder, 'python')

const variables: Readonly<Record<FeastVersion, string>> = { '0.49.0': 'CHARMED_FEAST_VENV_049', '0.67.0': 'CHARMED_FEAST_VENV_067' }

/**
 * The Python interpreter of the environment that holds a Feast release: from `CHARMED_FEAST_VENV_049` and
 * `CHARMED_FEAST_VENV_067`, else `conformance/.venv-<version>`, else `/tmp/venvs/feast-<version>`.
 *
 * @throws Error that says how to make the environment, when there is none
 * @example
 * pythonPath('0.67.0') // '/work/conformance/.venv-0.67.0/bin/python'
 */
export const pythonPath = (version: FeastVersion): string => {
  const variable = variables[version]
  const told = process.env[variable]
  const folders = told ? [told] : [join(conformanceFolder, `.venv-${version}`), `/tmp/venvs/feast-${version}`]
  const found = folders.map((folder) => join(folder, 'bin', 'python')).find((path) => existsSync(path))
  if (found) return found
  const folder = folders[0]
  throw new Error(
    `cannot run Feast "${version}": no Python in ${folders.join(' or ')}; make one: ` +
      `python3.11 -m venv ${folder} && ${folder}/bin/pip install "feast[postgres]==${version}" grpcio "fastapi<0.141" (or set ${variable})`,
  )
}

/** What a Python script is run with. */
export interface PythonOptions {
  /** Read by the script from standard input, as JSON. */
  readonly input?: unknown
  /** The folder it runs in. */
  readonly cwd?: string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
}

const run = async (version: FeastVersion, program: readonly string[], options: PythonOptions): Promise<unknown> => {
  const output = await new Promise<string>((done, fail) => {
    const env = { ...process.env, FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: pythonFolder }
    const child = execFile(
      pythonPath(version),
      program,
      { cwd: options.cwd, env: { ...env, ...options.env }, maxBuffer: 256 * 1024 * 1024 },
      (error: ExecFileException | null, stdout: string, stderr: string) => {
        if (error) fail(new Error(`cannot run script beside Feast "${version}": ${stderr.slice(-4000) || error.message}`, { cause: error }))
        else done(stdout)
      },
    )
    child.stdin?.end(options.input === undefined ? '' : JSON.stringify(options.input))
  })
  const line = output.trimEnd().split('\n').at(-1) ?? ''
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
  run(version, ['-c', script], options)

/**
 * Runs a file of `conformance/python` as {@link runPython} runs a text. Feast finds the source text of functions in files only.
 *
 * @example
 * await runPythonFile('0.49.0', 'every_kind.py', { input })
 */
export const runPythonFile = (version: FeastVersion, file: string, options: PythonOptions = {}): Promise<unknown> =>
  run(version, [join(pythonFolder, file)], options)
