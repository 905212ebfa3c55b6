import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { begin, type Driven, drive, freshFolder, isAlive, ordinary, root, running, until } from './checkout.ts'

const kill = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

const query = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const keepRow = async (driven: Driven): Promise<void> => {
  await query(running(driven).url, 'CREATE TABLE kept AS SELECT 42 AS answer')
}

const keptRow = [{ answer: 42 }]

describe('a start beside another one', () => {
  test('two checkouts run at once, each on its port and its socket', async () => {
    const [a, b] = await Promise.all([drive(root, { directory: await freshFolder() }), drive(root, { directory: await freshFolder() })])
    const [one, other] = [running(a), running(b)]
    expect(one.port).not.toBe(other.port)
    expect(one.socketDirectory).not.toBe(other.socketDirectory)
    await keepRow(a)
    await expect(query(other.url, 'TABLE kept')).rejects.toThrow('relation "kept" does not exist')
    await Promise.all([a.end(), b.end()])
  })

  test('of several starts at once in one folder one wins, and the others say so', async () => {
    const directory = await freshFolder()
    const driven = await Promise.all([1, 2, 3].map(() => drive(root, { directory })))
    const losers = driven.map(({ answer }) => answer).filter((answer) => answer.kind === 'failed')
    expect(losers).toEqual([1, 2].map(() => ({ kind: 'failed', code: 'BUNDLE_POSTGRES_RUNNING', message: alreadyRuns(directory) })))
    const winner = driven.find(({ answer }) => answer.kind === 'running')
    expect(winner).toBeDefined()
    await winner?.end()
  })

  test('a second start in the folder of a running server leaves that one alone', async () => {
    const directory = await freshFolder()
    const first = await drive(root, { directory })
    await keepRow(first)
    expect((await drive(root, { directory })).answer).toMatchObject({ code: 'BUNDLE_POSTGRES_RUNNING' })
    expect(await query(running(first).url, 'TABLE kept')).toEqual(keptRow)
    await first.end()
  })

  test('a port that is taken is an error when it was asked for, and passed over when it was not', async () => {
    const first = await drive(root, { directory: await freshFolder() })
    const { port } = running(first)
    expect((await drive(root, { directory: await freshFolder(), port })).answer).toEqual({
      kind: 'failed',
      code: 'BUNDLE_PORT_IN_USE',
      message: `cannot listen on port "${port}": another process does; choose another port, or none and a free one is taken`,
    })
    const directory = await freshFolder()
    await writeFile(join(directory, 'port'), `${port}\n`)
    const second = await drive(root, { directory })
    expect(running(second).port).not.toBe(port)
    await Promise.all([first.end(), second.end()])
  })
})

const alreadyRuns = (directory: string): string =>
  `cannot start PostgreSQL in "${directory}": another process runs it; stop that one or choose another folder`

describe('a start after a violent end', () => {
  test('of our process: the server left behind is ended and its data is there', async () => {
    const directory = await freshFolder()
    const killed = await drive(root, { directory })
    await keepRow(killed)
    const { pid } = running(killed)
    await kill(killed.child, 'SIGKILL')
    expect(isAlive(pid)).toBe(true)
    const again = await drive(root, { directory })
    await until(() => !isAlive(pid))
    expect(running(again).log).toEqual([`ended the PostgreSQL that an earlier run left behind (process ${pid})`])
    expect(await query(running(again).url, 'TABLE kept')).toEqual(keptRow)
    await again.end()
  })

  test('of both: the pid file is stale, and sessions that still hold the memory are waited for', async () => {
    const directory = await freshFolder()
    const killed = await drive(root, { directory })
    await keepRow(killed)
    const { pid, url, dataDirectory } = running(killed)
    const session = new pg.Client({ connectionString: url })
    session.on('error', () => undefined)
    await session.connect()
    const { rows } = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const holder = rows[0]?.pid ?? 0
    process.kill(holder, 'SIGSTOP')
    await kill(killed.child, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    expect(await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')).toMatch(new RegExp(`^${pid}\n`))
    const starting = drive(root, { directory })
    await until(async () => (await readFile(join(directory, 'postgres.log'), 'utf8')).includes('pre-existing shared memory block'))
    process.kill(holder, 'SIGCONT')
    const again = await starting
    expect(await query(running(again).url, 'TABLE kept')).toEqual(keptRow)
    await again.end()
  })

  test('and the pid of the stale file belongs to a stranger now, who is left alone', async () => {
    const directory = await freshFolder()
    const killed = await drive(root, { directory })
    await keepRow(killed)
    const { pid, dataDirectory } = running(killed)
    await kill(killed.child, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    const stranger = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      ...ordinary,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    })
    onTestFinished(() => kill(stranger, 'SIGKILL'))
    await once(stranger, 'spawn')
    const file = join(dataDirectory, 'postmaster.pid')
    await writeFile(file, (await readFile(file, 'utf8')).replace(String(pid), String(stranger.pid)))
    const again = await drive(root, { directory })
    expect(await query(running(again).url, 'TABLE kept')).toEqual(keptRow)
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    await again.end()
  })

  test('in the middle of making the data folder: it is made anew', async () => {
    const directory = await freshFolder()
    const { child, answered } = await begin(root, { directory })
    const said = answered.catch((error: unknown) => String(error))
    await until(async () => (await readdir(directory, { recursive: true })).some((name) => /^data\.draft-.*base\/1$/.test(name)))
    child.kill('SIGKILL')
    expect(await said).toBe('Error: the driver said nothing')
    const again = await drive(root, { directory })
    expect(running(again).rows).toEqual([{ user: 'reader', database: 'online' }])
    expect((await readdir(directory)).filter((name) => name.startsWith('data'))).toEqual(['data'])
    await again.end()
  })

  test('of the server alone: the owner hears of it, and may start again', async () => {
    const { startPostgres } = await import('../../src/postgres/postgres.ts')
    const directory = await freshFolder()
    const postgres = await startPostgres({ directory })
    process.kill(postgres.pid, 'SIGQUIT')
    await postgres.exited
    await postgres.stop()
    await using again = await startPostgres({ directory })
    expect(await query(again.adminUrl(), 'SELECT 42 AS answer')).toEqual(keptRow)
  })

  test('a process that forgets to stop takes its server along', async () => {
    const directory = await freshFolder()
    const source = `
      import { currentHost } from ${JSON.stringify(join(root, 'bundle/src/postgres/host.ts'))}
      import { startPostgres } from ${JSON.stringify(join(root, 'bundle/src/postgres/postgres.ts'))}
      const directory = ${JSON.stringify(directory)}
      const { pid } = await startPostgres({ directory, host: { ...currentHost(), temporaries: [directory] } })
      process.stdout.write(String(pid), () => process.exit(0))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
    await until(() => !isAlive(Number(said)))
    await until(async () => !(await isThere(join(directory, 'data/postmaster.pid'))))
  })
})

const isThere = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
