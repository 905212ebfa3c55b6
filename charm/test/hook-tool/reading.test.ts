import { describe, expect, test } from 'vitest'

import { configGet } from '../../src/hook-tool/config.ts'
import { credentialGet } from '../../src/hook-tool/credential.ts'
import { goalState } from '../../src/hook-tool/goal-state.ts'
import { isLeader } from '../../src/hook-tool/leader.ts'
import { networkGet, unitAddress } from '../../src/hook-tool/network.ts'
import { resourceGet } from '../../src/hook-tool/resource.ts'
import { storageAdd, storageGet, storageList } from '../../src/hook-tool/storage.ts'
import { type Model, newApplication, newUnit } from '../../src/testing/index.ts'
import { baseModel, beginHook } from '../juju.ts'

const unit = baseModel.units['feast-ui/0']

const rich: Model = {
  ...baseModel,
  applications: {
    ...baseModel.applications,
    'feast-ui': newApplication('feast-ui', { leader: 'feast-ui/0', resources: { image: '/res/image.yaml' } }),
  },
  units: {
    ...baseModel.units,
    'feast-ui/0': newUnit('feast-ui/0', {
      networks: unit?.networks ?? {},
      storage: { 'data/0': { kind: 'filesystem', location: '/srv/data' }, 'log/1': { kind: 'block', location: '/dev/sdb' } },
      goalState: {
        units: { 'feast-ui/0': { status: 'active', since: '2026-01-02T03:04:05Z' } },
        relations: { db: { pg: { status: 'joined', since: '2026-01-02T03:04:07Z' } } },
      },
    }),
  },
}

describe('config', () => {
  test('keeps types and leaves out what has no value', async () => {
    expect(await configGet(beginHook().run)).toEqual({ label: 'a', count: 3, 'is-on': false })
  })
})

describe('leadership', () => {
  test('is a plain answer', async () => {
    expect(await isLeader(beginHook().run)).toBe(true)
    expect(await isLeader(beginHook({ unit: 'feast-ui/1' }).run)).toBe(false)
  })
})

describe('network', () => {
  test('has bind addresses, egress and ingress', async () => {
    expect(await networkGet(beginHook().run, 'db', { relation: 'db:1' })).toEqual({
      bindAddresses: [{ hostname: '', value: '10.1.2.3', cidr: '' }],
      egressSubnets: ['10.152.183.9/32'],
      ingressAddresses: ['10.152.183.9'],
    })
  })

  test('of a relation that is gone is its own error', async () => {
    await expect(networkGet(beginHook().run, 'db', { relation: 'db:99' })).rejects.toMatchObject({ code: 'CHARM_RELATION_NOT_FOUND' })
  })

  test('has no public address on Kubernetes', async () => {
    await expect(unitAddress(beginHook().run, 'public-address')).rejects.toMatchObject({ code: 'CHARM_TOOL_FAILED' })
  })
})

describe('goal state', () => {
  test('names planned units and relations', async () => {
    expect(await goalState(beginHook({ model: rich }).run)).toEqual({
      units: { 'feast-ui/0': { status: 'active', since: '2026-01-02 03:04:05Z' } },
      relations: { db: { pg: { status: 'joined', since: '2026-01-02 03:04:07Z' } } },
    })
  })
})

describe('storage', () => {
  test('is listed, described and asked for', async () => {
    const { run, context } = beginHook({ model: rich })
    expect(await storageList(run)).toEqual(['data/0', 'log/1'])
    expect(await storageList(run, { name: 'data' })).toEqual(['data/0'])
    expect(await storageGet(run, 'data/0')).toEqual({ kind: 'filesystem', location: '/srv/data' })
    await storageAdd(run, 'data', { count: 2 })
    expect(context.storageAsked).toEqual([{ name: 'data', count: 2 }])
  })
})

describe('resource', () => {
  test('is the path of a file', async () => {
    expect(await resourceGet(beginHook({ model: rich }).run, 'image')).toBe('/res/image.yaml')
  })
})

describe('credential', () => {
  test('is refused to an application that is not trusted', async () => {
    await expect(credentialGet(beginHook().run)).rejects.toMatchObject({ code: 'CHARM_PERMISSION_DENIED' })
  })
})
