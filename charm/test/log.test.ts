import { expect, test } from 'vitest'

import { createLog } from '../src/log.ts'
import { createRedactor } from '../src/redact.ts'
import { beginHook } from './juju.ts'

test('lines go out at once, redacted', async () => {
  const { run, context } = beginHook()
  const redactor = createRedactor()
  const log = createLog({ run, redactor })
  redactor.protect('hunter2')
  await log.info('password hunter2')
  expect(context.log).toMatchObject([{ level: 'INFO', message: 'password ***' }])
})

test('a hook writes ten lines at most: what is over goes out together, with the gravest level', async () => {
  const { run, context } = beginHook()
  const log = createLog({ run, redactor: createRedactor() })
  for (let line = 1; line <= 20; line += 1) await log.info(`line ${line}`)
  await log.error('the last')
  expect(context.log.length).toBe(9)
  await log.flush()
  await log.flush()
  expect(context.log.length).toBe(10)
  expect(context.log[9]).toMatchObject({ level: 'ERROR' })
  expect(context.log[9]?.message.split('\n')).toEqual([
    ...Array.from({ length: 11 }, (_, index) => `INFO line ${index + 10}`),
    'ERROR the last',
  ])
})

test('the tenth line stands alone when it is the last', async () => {
  const { run, context } = beginHook()
  const log = createLog({ run, redactor: createRedactor() })
  for (let line = 1; line <= 10; line += 1) await log.debug(`line ${line}`)
  await log.flush()
  expect(context.log.at(-1)).toMatchObject({ level: 'DEBUG', message: 'line 10' })
})

test('nothing is written by a hook that has nothing to say', async () => {
  const { run, calls } = beginHook()
  await createLog({ run, redactor: createRedactor() }).flush()
  expect(calls).toEqual([])
})

test('lines are echoed where somebody debugs, redacted too', async () => {
  const { run } = beginHook()
  const redactor = createRedactor()
  redactor.protect('hunter2')
  const echoed: string[] = []
  await createLog({ run, redactor, echo: (line) => echoed.push(line) }).warning('a hunter2')
  expect(echoed).toEqual(['WARNING a ***'])
})
