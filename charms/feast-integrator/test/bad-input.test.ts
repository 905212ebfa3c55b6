import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'
import { saysShutDown, shutDown } from '../../../house/mistake.ts'
import { mistakes, readingTools } from './mistakes.ts'
import { database, databaseBySecret, published, reference, referenceWith, run, settle, userSecret } from './reference.ts'

describe('a mistake of others', () => {
  test.each(mistakes)('$name: is said, what was published stays, and all is well when it is gone', async ({ spoil, status, message }) => {
    const settled = await settle(reference())
    const spoiled = await run(spoil(settled))
    expect(spoiled.failure).toBeNull()
    expect(spoiled.state.unitStatus.name).toBe(status)
    if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
    else expect(spoiled.state.unitStatus.message).toMatch(message)
    expect(published(spoiled.state)).toEqual(published(settled))
    const { config: options, relations } = settled
    const mended = {
      ...spoiled.state,
      config: options,
      relations: relations.map((each) => ({ ...each, localUnitData: relationLocal(spoiled.state, each.id) })),
    }
    const recovered = await run(mended)
    expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(published(recovered.state)).toEqual(published(settled))
  })

  test('an application’s name that is too long blocks, and says how long it may be', async () => {
    const app = 'a'.repeat(40)
    expect((await settle(reference({ app }))).unitStatus).toEqual({
      name: 'blocked',
      message: "[pod-defaults] The application's name has 40 characters, and 39 are allowed: deploy it under a shorter name",
    })
  })
})

const relationLocal = (state: State, id: number): Readonly<Record<string, string>> =>
  state.relations.find((each) => each.id === id)?.localUnitData ?? {}

describe('a hook tool that fails', () => {
  const state = reference({
    relations: [
      databaseBySecret(1, 'offline-store'),
      database(2, 'online-store'),
      database(3, 'registry'),
      ...reference().relations.filter(({ id }) => id >= 10),
    ],
    secrets: [userSecret(1)],
  })

  test('at any call gives a hook that failed whole or a status, never half a publication, and the next hook mends it', async () => {
    const whole = published(await settle(state))
    const { trace } = await run(state)
    const calls = trace.filter((entry) => entry.kind === 'tool').length
    expect(calls).toBeGreaterThan(30)
    for (let failing = 0; failing < calls; failing += 1) {
      const outcome = await run(state, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? shutDown : undefined) })
      const after = JSON.stringify(published(outcome.state))
      expect([JSON.stringify(published(state)), JSON.stringify(whole)]).toContain(after)
      expect(published(await settle(outcome.state))).toEqual(whole)
    }
  })
})

test.each(readingTools)('a %s that fails is waited for, and nothing is touched', async (tool) => {
  const settled = await settle(referenceWith([databaseBySecret(1, 'offline-store')], { secrets: [userSecret(1)] }))
  const spoiled = await run(settled, { name: 'update-status' }, { intercept: (call) => (call.tool === tool ? shutDown : undefined) })
  expect(spoiled.failure).toBeNull()
  expect(spoiled.state.unitStatus).toMatchObject({
    name: 'waiting',
    message: expect.stringMatching(saysShutDown(tool)),
  })
  expect(published(spoiled.state)).toEqual(published(settled))
  expect((await run(spoiled.state)).state.unitStatus).toEqual({ name: 'active', message: '' })
})
