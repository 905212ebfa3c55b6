import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'
import { saysShutDown, shutDown } from '../../../house/mistake.ts'
import { mistakes, readingTools, secrets, sends } from './mistakes.ts'
import { delivered, manifest, reference, run, says, settle } from './reference.ts'

describe('a mistake of others', () => {
  test.each(mistakes)('$name: is said, what was delivered stays, and all is well when it is gone', async ({ spoil, status, message }) => {
    const settled = await settle(reference())
    expect(settled.unitStatus).toEqual({ name: 'active', message: '' })
    const spoiled = await run(spoil(settled))
    expect(spoiled.failure).toBeNull()
    expect(spoiled.state.unitStatus.name).toBe(status)
    if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
    else expect(spoiled.state.unitStatus.message).toMatch(message)
    expect(delivered(spoiled.state)).toMatchObject(delivered(settled))

    const { config, relations, kubernetes, containers } = settled
    const files = spoiled.state.containers[0]?.files ?? {}
    const mended = { ...spoiled.state, config, relations, containers: containers.map((each) => ({ ...each, files })) }
    const recovered = await run(kubernetes === undefined ? mended : { ...mended, kubernetes })
    expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(recovered.state.containers[0]?.files).toEqual(settled.containers[0]?.files)
  })

  test('one manifest of three that is bad keeps the two others, and every other relation’s, from nothing', async () => {
    const list = [manifest('secrets', 'good'), manifest('secrets', '../bad'), manifest('secrets', 'fine')]
    const { state } = await run(sends(list)(await settle(reference())))
    expect(Object.keys(delivered(state)).sort()).toEqual([
      'config-maps/_global/m0.yaml',
      'pod-defaults/_global/m3.yaml',
      'role-bindings/_global/m5.yaml',
      'roles/_global/m4.yaml',
      'secrets/_global/fine.yaml',
      'secrets/_global/good.yaml',
      'secrets/_global/m1.yaml',
      'service-accounts/_global/m2.yaml',
    ])
  })

  test('the hook server of our own image is told what is missing; the Python one finds no file that it does not know', async () => {
    const marks = (state: State) => Object.keys(state.containers[0]?.files ?? {}).filter((path) => !path.endsWith('.yaml'))
    const own = (await run(sends('{{')(await settle(reference())))).state
    expect(marks(own)).toEqual(['/var/lib/pebble/default/resources/secrets/.incomplete'])
    expect(marks((await run(says(own, secrets, {}))).state)).toEqual([])
    const python = reference({ containers: [{ name: 'resource-dispatcher' }] })
    expect(marks((await run(sends('{{')(await settle(python)))).state)).toEqual([])
  })
})

describe('a hook tool that fails', () => {
  test('at any call never takes away what was delivered, and the next hook mends it', async () => {
    const settled = await settle(reference())
    const { trace } = await run(settled)
    const calls = trace.filter((entry) => entry.kind === 'tool').length
    expect(calls).toBeGreaterThan(20)
    for (let failing = 0; failing < calls; failing += 1) {
      const outcome = await run(settled, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? shutDown : undefined) })
      expect(delivered(outcome.state)).toEqual(delivered(settled))
      expect((await run(outcome.state)).state.unitStatus).toEqual({ name: 'active', message: '' })
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
    expect(delivered(spoiled.state)).toEqual(delivered(settled))
    expect((await run(spoiled.state)).state.unitStatus).toEqual({ name: 'active', message: '' })
  })
})

describe('an API server that refuses', () => {
  const requests = ['DecoratorController', 'NetworkPolicy', 'Service', 'PodDefault', 'StatefulSet'].flatMap((kind) =>
    (['read', 'write'] as const).map((access) => ({ kind, access })),
  )
  test.each([401, 403, 404, 409, 422, 429, 500, 503])(
    'with %i, at any kind, never takes away what was delivered, never fails the hook, and is forgotten when it is over',
    async (status) => {
      const settled = await settle(reference())
      const said = new Set<string>()
      for (const refused of requests) {
        const objects = settled.kubernetes?.objects ?? []
        const spoiled = await run({ ...settled, kubernetes: { objects, errors: [{ ...refused, status }] } })
        expect([refused, spoiled.failure]).toEqual([refused, null])
        const { name, message } = spoiled.state.unitStatus
        if (name !== 'active') said.add(name)
        if (name === 'waiting') expect(message).toMatch(/; tried again in the next hook$/)
        expect(delivered(spoiled.state)).toEqual(delivered(settled))
        const recovered = await run({ ...spoiled.state, kubernetes: settled.kubernetes ?? { objects, errors: [] } })
        expect([refused, recovered.state.unitStatus]).toEqual([refused, { name: 'active', message: '' }])
      }
      // What passes by itself is waited for; where somebody has to do something, the unit is blocked.
      expect([...said]).toEqual([status === 429 || status >= 500 ? 'waiting' : 'blocked'])
    },
  )
})
