import { expect, test } from 'vitest'

import { relationApp, relationGet, relationIds, relationModelUuid, relationSet, relationUnits } from '../../src/hook-tool/relation.ts'
import { baseModel, beginHook } from '../juju.ts'

test('relations of an endpoint are listed by name', async () => {
  const { run, lines } = beginHook()
  expect(await relationIds(run, 'db')).toEqual(['db:1'])
  expect(await relationIds(run, 'unknown')).toEqual([])
  expect(lines()).toEqual(['relation-ids db --format=json', 'relation-ids unknown --format=json'])
})

test('the other side is named, application and units', async () => {
  const { run, lines } = beginHook()
  expect(await relationApp(run, 'db:1')).toBe('pg')
  expect(await relationUnits(run, 'db:1')).toEqual(['pg/0'])
  expect(await relationApp(run, 'peers:3')).toBe('feast-ui')
  expect(lines().slice(0, 2)).toEqual(['relation-list --format=json --app -r db:1', 'relation-list --format=json -r db:1'])
})

test('a bag is read of application and unit, own and remote', async () => {
  const { run, lines } = beginHook()
  expect(await relationGet(run, 'db:1', { owner: 'app', member: 'pg' })).toEqual({ endpoints: 'pg-primary:5432' })
  expect(await relationGet(run, 'db:1', { owner: 'unit', member: 'pg/0' })).toMatchObject({ state: 'ready' })
  expect(await relationGet(run, 'db:1', { owner: 'app', member: 'feast-ui' })).toEqual({ database: 'feast' })
  expect(lines()[0]).toBe('relation-get --format=json -r db:1 --app - pg')
  expect(lines()[1]).toBe('relation-get --format=json -r db:1 - pg/0')
})

test('changes go through standard input, and an empty text takes a key out', async () => {
  const { run, calls, lines } = beginHook()
  await relationSet(run, 'db:1', { owner: 'app', changes: { password: 'hunter2', database: '' } })
  await relationSet(run, 'db:1', { owner: 'unit', changes: { a: '5432' } })
  expect(lines()).toEqual(['relation-set -r db:1 --app --file -', 'relation-set -r db:1 --file -'])
  expect(calls.map(({ stdin }) => stdin)).toEqual(['{"database":"","password":"hunter2"}\n', '{"a":"5432"}\n'])
  expect(await relationGet(run, 'db:1', { owner: 'app', member: 'feast-ui' })).toEqual({ password: 'hunter2' })
  expect((await relationGet(run, 'db:1', { owner: 'unit', member: 'feast-ui/0' })).a).toBe('5432')
})

test('a relation that is gone is its own error in every tool', async () => {
  const { run } = beginHook()
  const gone = { code: 'CHARM_RELATION_NOT_FOUND' }
  await expect(relationApp(run, 'db:99')).rejects.toMatchObject(gone)
  await expect(relationUnits(run, 'db:99')).rejects.toMatchObject(gone)
  await expect(relationGet(run, 'db:99', { owner: 'app', member: 'pg' })).rejects.toMatchObject(gone)
  await expect(relationSet(run, 'db:99', { owner: 'unit', changes: { a: '1' } })).rejects.toMatchObject(gone)
})

test('a unit that is gone is its own error', async () => {
  const { run } = beginHook()
  await expect(relationGet(run, 'db:1', { owner: 'unit', member: 'pg/99' })).rejects.toMatchObject({ code: 'CHARM_UNIT_NOT_FOUND' })
})

test('what only the leader may do is refused as such', async () => {
  const { run } = beginHook({ unit: 'feast-ui/1' })
  const denied = { code: 'CHARM_PERMISSION_DENIED' }
  await expect(relationGet(run, 'db:1', { owner: 'app', member: 'feast-ui' })).rejects.toMatchObject(denied)
  await expect(relationSet(run, 'db:1', { owner: 'app', changes: { a: '1' } })).rejects.toMatchObject(denied)
  expect(await relationGet(run, 'peers:3', { owner: 'app', member: 'feast-ui' })).toEqual({ cluster: 'a' })
})

test('the model of the other side is named', async () => {
  const { run } = beginHook()
  expect(await relationModelUuid(run, 'db:1')).toBe(baseModel.uuid)
})
