import { expect, test } from 'vitest'

import { applicationStatusGet, applicationStatusSet, unitStatusGet, unitStatusSet } from '../../src/hook-tool/status.ts'
import { beginHook } from '../juju.ts'

test('the unit’s status is read and set, whatever its message looks like', async () => {
  const { run, context, lines } = beginHook()
  expect(await unitStatusGet(run)).toEqual({ status: 'waiting', message: 'for db' })
  await unitStatusSet(run, { status: 'blocked', message: '--application=True two\nlines' })
  expect(context.unit.status).toEqual({ status: 'blocked', message: '--application=True two\nlines' })
  await unitStatusSet(run, { status: 'active', message: '' })
  expect(context.unit.status).toEqual({ status: 'active', message: '' })
  expect(lines().at(-1)).toBe('status-set --application=False active')
})

test('the application’s status is read and set by the leader', async () => {
  const { run, context } = beginHook()
  await applicationStatusSet(run, { status: 'maintenance', message: 'x' })
  expect(context.application.status).toEqual({ status: 'maintenance', message: 'x' })
  expect(await applicationStatusGet(run)).toEqual({ status: 'maintenance', message: 'x' })
})

test('a unit that does not lead is refused the application’s status', async () => {
  const { run } = beginHook({ unit: 'feast-ui/1' })
  const denied = { code: 'CHARM_PERMISSION_DENIED' }
  await expect(applicationStatusGet(run)).rejects.toMatchObject(denied)
  await expect(applicationStatusSet(run, { status: 'active', message: '' })).rejects.toMatchObject(denied)
})

test('a status that only Juju sets is refused before any call', async () => {
  const { run, calls } = beginHook()
  await expect(unitStatusSet(run, { status: 'error', message: '' })).rejects.toMatchObject({ code: 'CHARM_STATUS_INVALID' })
  expect(calls).toEqual([])
})
