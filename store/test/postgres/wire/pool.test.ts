import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../../../house/postgres.ts'
import { openPool } from '../../../src/postgres/pool.ts'
import { type PostgresTarget, postgresTarget } from '../../../src/postgres/target.ts'
import { parsePostgresUrl } from '../../../src/postgres/url.ts'
import { encodeByteaArray, encodeInt8 } from '../../../src/postgres/wire/parameter.ts'
import { openWirePool, type WirePool, type WirePoolOptions } from '../../../src/postgres/wire/pool.ts'
import { copyingSink, readRows } from '../collect.ts'
import { eventually } from '../eventually.ts'
import { failureOf } from '../failure-of.ts'
import { running } from '../running.ts'

const place = async (options: WirePoolOptions = {}, parts: Partial<PostgresTarget> = {}) => {
  const database = await testDatabase()
  const target = postgresTarget({ ...parsePostgresUrl(database.url), ...parts })
  const [reader, admin] = [openWirePool(target, options), openPool(parsePostgresUrl(database.adminUrl), { max: 2 })]
  onTestFinished(async () => {
    await Promise.all([reader.close(), admin.close()])
  })
  return { database, target, reader, admin }
}

const textOf = async (reader: WirePool, text: string): Promise<string> => (await readRows(reader, text, 1))[0]?.[0]?.toString() ?? ''

const pid = 'SELECT pg_backend_pid()::text'

describe('connections', () => {
  test('are opened when the first is busy, up to the size, and share the load', async () => {
    const { reader } = await place({ size: 3 })
    const pid = () => textOf(reader, 'SELECT pg_backend_pid()::text FROM pg_sleep(0.02)')
    expect(new Set(await Promise.all([pid(), pid()])).size).toBe(1)
    const seen = new Set<string>()
    const all = async () => {
      for (const one of await Promise.all(Array.from({ length: 12 }, pid))) seen.add(one)
      return seen.size
    }
    await eventually(all).toBe(3)
    await all()
    expect(seen.size).toBe(3)
  })

  test('are few for short reads and many for long ones', async () => {
    const { reader } = await place({ size: 4 })
    const used = async (text: string, long: boolean) => {
      const one = async () => {
        const { rows, row } = copyingSink(1)
        await reader.read({ text, long }, [], { row })
        return rows[0]?.[0]?.toString()
      }
      return new Set(await Promise.all(Array.from({ length: 8 }, one))).size
    }
    await eventually(() => used(pid, false)).toBe(2)
    await eventually(() => used(`${pid} FROM pg_sleep(0.01)`, true)).toBe(4)
    expect(await used(pid, false)).toBe(2)
  })

  test('are passed by while one is held up', async () => {
    const { reader, admin } = await place({ size: 2 })
    await eventually(async () => new Set(await Promise.all([textOf(reader, pid), textOf(reader, pid)])).size).toBe(2)
    const held = Promise.withResolvers<string>()
    await admin.transaction(async ({ query }) => {
      await query('SELECT pg_advisory_xact_lock(1)')
      held.resolve(textOf(reader, "SELECT 'held' FROM pg_advisory_xact_lock_shared(1)"))
      for (let at = 0; at < 20; at++) expect(await textOf(reader, "SELECT 'past'")).toBe('past')
    })
    expect(await held.promise).toBe('held')
  })

  test('that cannot be added do not disturb those that work', async () => {
    const { reader, admin, database } = await place({ size: 4 })
    await textOf(reader, "SELECT 'x'")
    await admin.query(`ALTER ROLE ${database.user} CONNECTION LIMIT 1`)
    const results = await Promise.all(Array.from({ length: 50 }, () => textOf(reader, "SELECT 'y'")))
    expect(new Set(results)).toEqual(new Set(['y']))
  })

  test('carry many requests at a time, answered in order by one server process', async () => {
    const { reader } = await place({ size: 1 })
    const order: number[] = []
    const work = Array.from({ length: 200 }, async (_, at) => {
      const [row] = await readRows(reader, 'SELECT $1::int8, pg_backend_pid()::text', 2, [encodeInt8(BigInt(at))])
      order.push(Number(row?.[0]?.readBigInt64BE()))
      return row?.[1]?.toString()
    })
    expect(new Set(await Promise.all(work)).size).toBe(1)
    expect(order).toEqual(Array.from({ length: 200 }, (_, at) => at))
  })

  test('hold what they cannot send yet, and send it', async () => {
    const { reader } = await place({ size: 1 })
    const keys = Array.from({ length: 64 }, (_, at) => Buffer.alloc(65_536, at))
    const parameter = encodeByteaArray(keys)
    const text = "SELECT md5(string_agg(k, ''))::text FROM unnest($1::bytea[]) AS k"
    const work = Array.from({ length: 16 }, () => readRows(reader, text, 1, [parameter]))
    const digests = (await Promise.all(work)).map((rows) => rows[0]?.[0]?.toString())
    expect(new Set(digests).size).toBe(1)
    expect(digests[0]).toMatch(/^[0-9a-f]{32}$/)
  })
})

test('a request that fits into no message fails alone', async () => {
  const { reader } = await place({ size: 1 })
  const many = Array.from({ length: 40_000 }, () => Buffer.alloc(1))
  const results = await Promise.allSettled([
    textOf(reader, "SELECT 'before'"),
    readRows(reader, 'SELECT 1', 1, many),
    textOf(reader, "SELECT 'after'"),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

describe('a statement', () => {
  const preparedTexts = 'SELECT statement, generic_plans + custom_plans AS runs FROM pg_prepared_statements'

  test('is prepared once for all its reads, also when many come at once', async () => {
    const { reader } = await place({ size: 1 })
    await Promise.all(Array.from({ length: 5 }, () => textOf(reader, "SELECT 'first'")))
    for (let at = 0; at < 3; at++) await textOf(reader, "SELECT 'first'")
    const rows = await readRows(reader, `${preparedTexts} WHERE statement = 'SELECT ''first'''`, 2)
    // One of the five prepared it, the other four could not yet build on it.
    expect(rows).toEqual([[Buffer.from("SELECT 'first'"), encodeInt8(4n)]])
  })

  test('that fails to parse leaves those behind it alone, and may be sent again', async () => {
    const { reader, admin, database } = await place({ size: 1 })
    const broken = () => failureOf(textOf(reader, 'SELECT name FROM later'))
    const results = await Promise.all([broken(), broken(), textOf(reader, "SELECT 'fine'")])
    expect(results.map((result) => (result instanceof Error ? result.code : result))).toEqual([
      'STORE_POSTGRES_TABLE_MISSING',
      'STORE_POSTGRES_TABLE_MISSING',
      'fine',
    ])
    await admin.query(`CREATE TABLE later AS SELECT 'now' AS name; GRANT SELECT ON later TO ${database.user}`)
    expect(await textOf(reader, 'SELECT name FROM later')).toBe('now')
  })

  test('is forgotten when too many others came after it, and prepared again', async () => {
    const { reader } = await place({ size: 1 })
    const texts = Array.from({ length: 300 }, (_, at) => `SELECT '${at}'`)
    for (const text of texts) await textOf(reader, text)
    const [row] = await readRows(reader, 'SELECT count(*) FROM pg_prepared_statements', 1)
    expect(row).toEqual([encodeInt8(256n)])
    expect(await textOf(reader, "SELECT '0'")).toBe('0')
  })

  test('that the server dropped is prepared again', async () => {
    const { reader } = await place({ size: 1 })
    await textOf(reader, "SELECT 'kept'")
    await textOf(reader, "SELECT 'kept'")
    await readRows(reader, 'DEALLOCATE ALL', 0)
    expect(await textOf(reader, "SELECT 'kept'")).toBe('kept')
    expect(await textOf(reader, "SELECT 'kept'")).toBe('kept')
  })
})

describe('a read', () => {
  test('of which rows had come is not sent again', async () => {
    const { reader, admin, database } = await place({ size: 1 })
    const sink = copyingSink(1)
    // Rows of 1 kB until the first leave the server's buffer, then it sleeps.
    const text = "SELECT repeat('x', 1000) FROM generate_series(1, 100) UNION ALL SELECT 'partly' FROM pg_sleep(60)"
    const work = failureOf(reader.read({ text }, [], sink))
    const pid = await running(admin, database, 'partly')
    await eventually(() => sink.rows.length).toBeGreaterThan(0)
    await admin.query('SELECT pg_terminate_backend($1)', [pid])
    expect((await work).code).toBe('STORE_POSTGRES_CONNECTION_LOST')
    expect(sink.rows.length).toBeLessThan(101)
  })

  test('that nobody waits for any more does not end the connection if it is short', async () => {
    const { reader } = await place({ size: 1 })
    const pid = await textOf(reader, 'SELECT pg_backend_pid()::text')
    const caller = new AbortController()
    const work = failureOf(readRows(reader, 'SELECT 1 FROM pg_sleep(0.02)', 1, [], caller))
    caller.abort()
    expect((await work).code).toBe('STORE_POSTGRES_CANCELLED')
    expect(await textOf(reader, 'SELECT pg_backend_pid()::text')).toBe(pid)
  })

  test('given up while the first connection is being opened is told so at once', async () => {
    const silent = await silentServer()
    const target = postgresTarget({ hosts: [silent], database: 'd', user: 'u', sslMode: 'disable', connectTimeoutMs: 200 })
    await using reader = openWirePool(target)
    const caller = new AbortController()
    const [work, patient] = [failureOf(readRows(reader, 'SELECT 1', 1, [], caller)), failureOf(readRows(reader, 'SELECT 1', 1))]
    caller.abort()
    expect((await work).code).toBe('STORE_POSTGRES_CANCELLED')
    expect((await patient).message).toContain('no answer within 200 ms')
  })
})

const listening = async (onSocket: (socket: Socket) => void) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    onSocket(socket.on('error', () => undefined))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { host: '127.0.0.1', port: address.port }
}

const silentServer = () => listening(() => undefined)

describe('a server', () => {
  test.each([
    ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'which is no PostgreSQL'],
    ['hangs up', '', 'closed the connection during login'],
    ['asks for Kerberos', 'R\0\0\0\x08\0\0\0\x07', 'authentication number 7'],
  ])('that %s is refused with a reason', async (_, answer, why) => {
    const host = await listening((socket) => socket.once('data', () => socket.end(Buffer.from(answer, 'latin1'))))
    await using reader = openWirePool(postgresTarget({ hosts: [host], database: 'd', user: 'u', password: 'p', sslMode: 'disable' }))
    expect((await failureOf(readRows(reader, 'SELECT 1', 1))).message).toContain(why)
  })

  test('that stops answering is left after the statement timeout, and the next read finds another connection', async () => {
    const { target } = await place()
    let frozen = false
    const through = await listening((client) => {
      const [{ host, port }] = target.hosts
      const server = new (client.constructor as typeof Socket)()
      server.connect(port, host).on('error', () => undefined)
      client.pipe(server)
      server.on('data', (chunk) => frozen || client.write(chunk)).on('close', () => client.destroy())
      client.on('close', () => server.destroy())
    })
    await using reader = openWirePool({ ...target, hosts: [through], statementTimeoutMs: 100, connectTimeoutMs: 100 }, { size: 1 })
    expect(await textOf(reader, "SELECT 'before'")).toBe('before')
    frozen = true
    expect((await failureOf(textOf(reader, "SELECT 'lost'"))).code).toBe('STORE_POSTGRES_TIMEOUT')
    frozen = false
    expect(await textOf(reader, "SELECT 'after'")).toBe('after')
  })
})
