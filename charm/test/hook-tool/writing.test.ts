import { describe, expect, test } from 'vitest'

import { actionFail, actionGet, actionLog, actionSet } from '../../src/hook-tool/action.ts'
import { jujuLog } from '../../src/hook-tool/log.ts'
import { closePort, openedPorts, openPort } from '../../src/hook-tool/port.ts'
import { jujuReboot } from '../../src/hook-tool/reboot.ts'
import { stateDelete, stateGet, stateSet } from '../../src/hook-tool/state.ts'
import { applicationVersionSet } from '../../src/hook-tool/version.ts'
import { beginHook } from '../juju.ts'

describe('ports', () => {
  test('open and close, and are seen in the same hook', async () => {
    const { run, lines } = beginHook()
    expect(await openedPorts(run)).toEqual([])
    await openPort(run, '8888/tcp')
    await openPort(run, '53/udp')
    expect(await openedPorts(run)).toEqual(['8888/tcp', '53/udp'])
    await closePort(run, '53/udp')
    expect(await openedPorts(run)).toEqual(['8888/tcp'])
    expect(lines()).toContain('open-port 8888/tcp')
  })

  test('a range is refused on Kubernetes', async () => {
    await expect(openPort(beginHook().run, '8000-8010/tcp')).rejects.toThrow('port ranges are not supported for k8s applications')
  })
})

describe('charm state', () => {
  test('keeps texts of any kind, empty ones too', async () => {
    const { run } = beginHook()
    expect(await stateGet(run)).toEqual({})
    await stateSet(run, { a: '😀\u0085', empty: '', number: '007' })
    expect(await stateGet(run)).toEqual({ a: '😀\u0085', empty: '', number: '007' })
    await stateDelete(run, 'a')
    await stateDelete(run, 'never')
    expect(await stateGet(run)).toEqual({ empty: '', number: '007' })
  })
})

describe('log', () => {
  test('passes level and message, even one that looks like an option', async () => {
    const { run, context } = beginHook()
    await jujuLog(run, 'WARNING', '--debug a\0b')
    expect(context.log).toMatchObject([{ level: 'WARNING', message: '--debug a\ufffdb' }])
  })

  test('cuts what is longer than an argument may be', async () => {
    const { run, calls } = beginHook()
    await jujuLog(run, 'INFO', 'x'.repeat(200_000))
    expect(calls[0]?.args.at(-1)).toMatch(/^x{16384}… \(cut\)$/)
  })
})

describe('version', () => {
  test('is told, dashes and all', async () => {
    const { run, context } = beginHook()
    await applicationVersionSet(run, '-0.49.0')
    expect(context.unit.workloadVersion).toBe('-0.49.0')
  })
})

describe('reboot', () => {
  test('is asked for after the hook, or now', async () => {
    const { run, lines } = beginHook()
    await jujuReboot(run, { when: 'after-hook' })
    await expect(jujuReboot(run, { when: 'now' })).rejects.toMatchObject({ code: 'CHARM_TOOL_FAILED' })
    expect(lines()).toEqual(['juju-reboot', 'juju-reboot --now'])
  })
})

describe('actions', () => {
  const hook = { kind: 'action', action: { name: 'check', id: '7', params: { deep: { a: [1, true] }, text: 'x' } } } as const

  test('have parameters with their types', async () => {
    expect(await actionGet(beginHook({ hook }).run)).toEqual({ deep: { a: [1, true] }, text: 'x' })
  })

  test('set results, log and fail', async () => {
    const { run, context } = beginHook({ hook })
    await actionSet(run, { 'check.registry': 'ok=1', plain: '' })
    await actionSet(run, {})
    await actionLog(run, '-- going well')
    await actionFail(run, '--no')
    expect(context.actionResults).toEqual({ check: { registry: 'ok=1' }, plain: '' })
    expect(context.actionMessage).toBe('--no')
    expect(context.actionFailed).toBe(true)
  })

  test('refuse results that Juju does not take', async () => {
    const { run, calls } = beginHook({ hook })
    const invalid = { code: 'CHARM_TOOL_ARGUMENT' }
    await expect(actionSet(run, { Upper: 'x' })).rejects.toMatchObject(invalid)
    await expect(actionSet(run, { 'a..b': 'x' })).rejects.toMatchObject(invalid)
    await expect(actionSet(run, { 'a.stdout': 'x' })).rejects.toMatchObject(invalid)
    await expect(actionSet(run, { big: 'x'.repeat(131_072) })).rejects.toMatchObject(invalid)
    expect(calls).toEqual([])
  })

  test('are nowhere outside an action', async () => {
    await expect(actionGet(beginHook().run)).rejects.toThrow('not running an action')
  })
})
