import { describe, expect, test } from 'vitest'
import { saysShutDown, shutDown } from '../../../house/mistake.ts'
import { mistakes, readingTools } from './mistakes.ts'
import { filesOf, reference, run, settle } from './reference.ts'

describe('a mistake of others', () => {
  test.each(mistakes)(
    '$name: is said, the service keeps its configuration, and all is well when it is gone',
    async ({ spoil, status, message }) => {
      const settled = await settle(reference())
      const spoiled = await run(spoil(settled))
      expect(spoiled.failure).toBeNull()
      expect(spoiled.state.unitStatus.name).toBe(status)
      if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
      else expect(spoiled.state.unitStatus.message).toMatch(message)
      expect(filesOf(spoiled.state)).toEqual(filesOf(settled))
      expect(spoiled.state.containers[0]?.serviceStatuses).toEqual({ 'feast-ui': 'active' })
      const recovered = await run({ ...spoiled.state, relations: settled.relations })
      expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
      expect(recovered.state.containers).toEqual(settled.containers)
    },
  )
})

describe('a Pebble', () => {
  const service =
    '[feast-ui-pebble-service] Waiting for Pebble services (feast-ui).  If this persists, it could be a blocking configuration error.'

  test('that does not answer is waited for, and told everything when it does', async () => {
    const away = await settle(reference({ containers: [{ name: 'feast-ui', canConnect: false }] }))
    expect(away.unitStatus).toEqual({ name: 'waiting', message: '[feast-ui-pebble-service] Waiting for Pebble to be ready.' })
    const back = await settle({ ...away, containers: away.containers.map((each) => ({ ...each, canConnect: true })) })
    expect(back.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('that cannot start the service is said, and started again in the next hook', async () => {
    const replanError = 'cannot perform the following tasks:\n- Start service "feast-ui" (exited quickly with code 1)'
    const failed = await settle(reference({ containers: [{ name: 'feast-ui', replanError }] }))
    expect(failed.unitStatus).toEqual({ name: 'waiting', message: service })
    const mended = failed.containers.map(({ replanError: _, ...each }) => each)
    expect((await settle({ ...failed, containers: mended })).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('whose service is inactive starts it', async () => {
    const settled = await settle(reference())
    const stopped = { ...settled, containers: settled.containers.map((each) => ({ ...each, serviceStatuses: { 'feast-ui': 'inactive' } })) }
    expect((await settle(stopped)).containers).toEqual(settled.containers)
  })

  test('whose service is in backoff is given its time', async () => {
    const settled = await settle(reference())
    const failing = { ...settled, containers: settled.containers.map((each) => ({ ...each, serviceStatuses: { 'feast-ui': 'backoff' } })) }
    expect((await settle(failing)).unitStatus).toEqual({ name: 'waiting', message: service })
  })
})

test('a hook tool that fails at any call gives a hook that failed whole or a status, and the next hook mends it', async () => {
  const state = reference()
  const whole = (await settle(state)).relations
  const { trace } = await run(state)
  const calls = trace.filter((entry) => entry.kind === 'tool').length
  expect(calls).toBeGreaterThan(15)
  for (let failing = 0; failing < calls; failing += 1) {
    const outcome = await run(state, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? shutDown : undefined) })
    expect([state.relations, whole]).toContainEqual(outcome.state.relations)
    expect((await settle(outcome.state)).relations).toEqual(whole)
  }
})

test.each(readingTools)('a %s that fails is waited for, and nothing is touched', async (tool) => {
  const settled = await settle(reference())
  const spoiled = await run(settled, { name: 'update-status' }, { intercept: (call) => (call.tool === tool ? shutDown : undefined) })
  expect(spoiled.failure).toBeNull()
  expect(spoiled.state.unitStatus).toMatchObject({
    name: 'waiting',
    message: expect.stringMatching(saysShutDown(tool)),
  })
  expect(spoiled.state.containers).toEqual(settled.containers)
  expect((await run(spoiled.state)).state.unitStatus).toEqual({ name: 'active', message: '' })
})
