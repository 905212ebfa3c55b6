import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { environmentVariables, feastVersions, makeEnvironment } from './src/environment.ts'
import { readKnown } from './src/known.ts'
import { pythonFolder } from './src/python.ts'
import { type PythonWorker, startWorker, workerVariables } from './src/python-worker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The major release of the PostgreSQL that the run shares. */
    readonly postgresVersion: string
  }
}

let workers: readonly PythonWorker[] = []

const majorRelease = async (project: TestProject): Promise<string> => {
  const { host, port, user, password } = project.getProvidedContext().postgres
  const client = new pg.Client({ host, port, user, password, database: 'postgres' })
  await client.connect()
  try {
    const { rows } = await client.query('SHOW server_version_num')
    return String(Math.floor(Number(rows[0].server_version_num) / 10_000))
  } finally {
    await client.end()
  }
}

/** Makes the Python environments that are missing, starts a worker in each, and tells the tests where they are and what they know. */
export const setup = async (project: TestProject): Promise<void> => {
  for (const version of feastVersions)
    process.env[environmentVariables[version]] = await makeEnvironment(version, (line) => process.stdout.write(`${line}\n`))
  workers = await Promise.all(
    feastVersions.map(async (version) => {
      const worker = await startWorker(join(process.env[environmentVariables[version]] ?? '', 'bin', 'python'), pythonFolder)
      process.env[workerVariables[version]] = worker.path
      return worker
    }),
  )
  const [oldest, newest] = await Promise.all([readKnown('0.49.0'), readKnown('0.67.0')])
  project.provide('postgresVersion', await majorRelease(project))
  project.provide('known', { '0.49.0': oldest, '0.67.0': newest })
}

/** Ends the workers. */
export const teardown = async (): Promise<void> => {
  for (const worker of workers) await worker[Symbol.asyncDispose]()
}
