import { findLeaks, type State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { cluster, reference, run, settle } from './reference.ts'

const webhook = (properties: object): object => ({ properties: { webhook: { properties } } })
const definition = (properties: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'decoratorcontrollers.metacontroller.k8s.io' },
  spec: {
    versions: [
      { schema: { openAPIV3Schema: { properties: { spec: { properties: { hooks: { properties: { sync: webhook(properties) } } } } } } } },
    ],
  },
})

const withDefinition = (properties: object): State =>
  reference({ kubernetes: { ...cluster, objects: [...cluster.objects, definition(properties)] } })
const newer = withDefinition({ url: {}, authorization: {} })

const objectOf = (state: State, kind: string, name?: string) =>
  state.kubernetes?.objects.find((each) => each.kind === kind && (name === undefined || each.metadata.name === name))
const secretOf = (state: State) => objectOf(state, 'Secret', 'resource-dispatcher-sync-token')
const tokenOf = (state: State): string =>
  Buffer.from((secretOf(state)?.data as { token?: string } | undefined)?.token ?? '', 'base64').toString()
const hookOf = (state: State) =>
  (objectOf(state, 'DecoratorController')?.spec as { hooks: { sync: { webhook: { authorization?: object } } } } | undefined)?.hooks.sync
    .webhook
const environmentOf = (state: State) =>
  (state.containers[0]?.layers['resource-dispatcher']?.services as Record<string, { environment?: object }> | undefined)?.[
    'resource-dispatcher'
  ]?.environment
const path = '/var/lib/pebble/default/sync-token'

describe('sentence 25: a bearer token where metacontroller can show one (4.16 or later)', () => {
  test('is made once, named to metacontroller, and given to the hook server in a file, in no environment and no log', async () => {
    const first = await run(newer, { name: 'config-changed' })
    const settled = (await run(first.state, { name: 'start' })).state
    const token = tokenOf(settled)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(hookOf(settled)?.authorization).toEqual({
      secretRef: { name: 'resource-dispatcher-sync-token', namespace: 'kubeflow', key: 'token' },
    })
    expect(settled.containers[0]?.files[path]).toBe(token)
    expect(environmentOf(settled)).toMatchObject({ SYNC_TOKEN_FILE: path })
    expect(JSON.stringify(environmentOf(settled))).not.toContain(token)
    expect(findLeaks(first, [token])).toEqual([])
    expect(tokenOf((await run(settled)).state)).toBe(token)
  })

  test('every unit asks for the same, and a unit that does not lead makes none', async () => {
    const settled = await settle(newer)
    const follower = { ...settled, leader: false, unit: 1, containers: reference().containers }
    expect((await run(follower, { name: 'start' })).state.containers[0]?.files[path]).toBe(tokenOf(settled))
    expect(secretOf((await run({ ...newer, leader: false, unit: 1 })).state)).toBeUndefined()
  })

  test('is none with an older metacontroller, and goes when metacontroller was put back', async () => {
    const older = await settle(withDefinition({ url: {} }))
    expect([secretOf(older), hookOf(older)?.authorization, older.containers[0]?.files[path]]).toEqual([undefined, undefined, undefined])
    const settled = await settle(newer)
    const objects = (settled.kubernetes?.objects ?? []).map((each) =>
      each.kind === 'CustomResourceDefinition' ? definition({ url: {} }) : each,
    )
    const back = (await run({ ...settled, kubernetes: { objects, errors: [] } })).state
    expect([secretOf(back), back.containers[0]?.files[path]]).toEqual([undefined, undefined])
    expect(environmentOf(back)).not.toHaveProperty('SYNC_TOKEN_FILE')
  })

  test('is none for the Python image, which would not ask for it', async () => {
    expect(
      secretOf(await settle({ ...newer, containers: reference({ containers: [{ name: 'resource-dispatcher' }] }).containers })),
    ).toBeUndefined()
  })
})
