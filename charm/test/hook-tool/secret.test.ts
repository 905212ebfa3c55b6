import fc from 'fast-check'
import { expect, test } from 'vitest'

import {
  secretAdd,
  secretGet,
  secretGrant,
  secretIds,
  secretInfo,
  secretRemove,
  secretRevoke,
  secretSet,
} from '../../src/hook-tool/secret.ts'
import type { Model } from '../../src/testing/index.ts'
import { baseModel, beginHook } from '../juju.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const withSecrets: Model = {
  ...baseModel,
  secrets: [
    {
      id: 'appsec00000000000010',
      owner: { kind: 'application', name: 'feast-ui' },
      label: 'mine',
      description: 'd1',
      rotate: 'never',
      expire: '',
      revisions: [
        { revision: 1, content: { password: base64('old') } },
        { revision: 2, content: { password: base64('new') } },
      ],
      grants: [{ target: 'application-pg', scope: 'relation-feast-ui.db#pg.database' }],
      consumers: { 'feast-ui/0': { revision: 1, label: '' } },
    },
  ],
}

const folderless = (line: string): string => line.replace(/#file=\S+\/([^/\s]+)/g, '#file=…/$1')

test('a new secret goes through files, and its URI is whole', async () => {
  const { run, calls, lines } = beginHook()
  const uri = await secretAdd(
    run,
    { username: 'u', password: 'p@ss\n' },
    { owner: 'application', label: 'db', description: 'two words', rotate: 'monthly' },
  )
  expect(uri).toBe(`secret://${baseModel.uuid}/n0000000000000000010`)
  expect(lines().map(folderless)).toEqual([
    'secret-add --label db --description two words --rotate monthly --owner application password#file=…/password username#file=…/username',
  ])
  expect(Object.values(calls[0]?.files ?? {}).sort()).toEqual(['p@ss\n', 'u'])
  expect(await secretGet(run, { id: uri })).toEqual({ username: 'u', password: 'p@ss\n' })
})

test('any value comes back as it went in', async () => {
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(value, async (token) => {
      const { run } = beginHook()
      const id = await secretAdd(run, { token }, { owner: 'unit' })
      expect(await secretGet(run, { id, revision: 'peek' })).toEqual({ token })
    }),
    { numRuns: 100 },
  )
})

test('content that Juju does not take is refused before any call', async () => {
  const { run, calls } = beginHook()
  const add = (content: Readonly<Record<string, string>>): Promise<string> => secretAdd(run, content, { owner: 'unit', label: 'l' })
  await expect(add({})).rejects.toThrow('cannot write secret "l": it has no keys')
  await expect(add({ ab: 'x' })).rejects.toThrow('key "ab" is not three or more of a-z')
  await expect(add({ 'bad--key': 'x' })).rejects.toMatchObject({ code: 'CHARM_SECRET_INVALID' })
  await expect(add({ token: '' })).rejects.toThrow('key "token" has no value')
  await expect(add({ token: '\ud800' })).rejects.toThrow('half a surrogate pair')
  await expect(add({ token: 'x'.repeat(750_001) })).rejects.toThrow('Juju allows 1000000')
  expect(calls).toEqual([])
})

test('a secret of exactly the size that Juju allows is taken', async () => {
  const { run } = beginHook()
  expect(await secretAdd(run, { token: 'x'.repeat(750_000) }, { owner: 'unit' })).toContain('secret://')
})

test('the tracked revision is read, or the newest', async () => {
  const { run, lines } = beginHook({ model: withSecrets })
  const id = 'secret:appsec00000000000010'
  expect(await secretGet(run, { id })).toEqual({ password: 'old' })
  expect(await secretGet(run, { id, revision: 'peek' })).toEqual({ password: 'new' })
  expect(await secretGet(run, { id })).toEqual({ password: 'old' })
  expect(await secretGet(run, { id, revision: 'refresh' })).toEqual({ password: 'new' })
  expect(await secretGet(run, { id })).toEqual({ password: 'new' })
  expect(await secretGet(run, { label: 'mine' })).toEqual({ password: 'new' })
  expect(lines()[1]).toBe(`secret-get --format=json ${id} --peek`)
  expect(lines().at(-1)).toBe('secret-get --format=json --label mine')
})

test('a secret that is not there, or not ours, is its own error', async () => {
  const { run } = beginHook({ model: withSecrets, unit: 'pg/0' })
  const missing = { code: 'CHARM_SECRET_NOT_FOUND' }
  await expect(secretGet(run, { label: 'none' })).rejects.toMatchObject(missing)
  await expect(secretGet(run, { id: 'secret:000000000000000000g0' })).rejects.toMatchObject(missing)
  await expect(secretInfo(run, { id: 'appsec00000000000010' })).rejects.toMatchObject(missing)
})

test('the owner sees label, revision, grants, and no content', async () => {
  const { run, lines } = beginHook({ model: withSecrets })
  expect(await secretIds(run)).toEqual(['appsec00000000000010'])
  const info = {
    id: 'appsec00000000000010',
    revision: 2,
    label: 'mine',
    owner: 'application',
    description: 'd1',
    rotation: 'never',
    expiry: null,
    access: [{ target: 'application-pg', scope: 'relation-feast-ui.db#pg.database' }],
  }
  expect(await secretInfo(run, { id: 'appsec00000000000010' })).toEqual(info)
  expect(await secretInfo(run, { label: 'mine' })).toEqual(info)
  expect(lines()).toEqual([
    'secret-ids --format=json',
    'secret-info-get --format=json appsec00000000000010',
    'secret-info-get --format=json --label mine',
  ])
})

test('a unit without secrets has an empty list', async () => {
  expect(await secretIds(beginHook().run)).toEqual([])
})

test('changes, grants and removals are said as Juju takes them', async () => {
  const { run, lines } = beginHook({ model: withSecrets })
  const id = 'appsec00000000000010'
  await secretSet(run, id, { owner: 'application', content: { password: 'newer' }, description: 'd2' })
  await secretSet(run, id, { owner: 'application', rotate: 'daily' })
  await secretGrant(run, id, { relation: 'db:1' })
  await secretGrant(run, id, { relation: 'db:1', unit: 'pg/0' })
  await secretRevoke(run, id, { relation: 'db:1' })
  await secretRevoke(run, id, { app: 'pg' })
  await secretRevoke(run, id, { relation: 'db:1', unit: 'pg/0' })
  await secretRemove(run, id, { revision: 1 })
  await secretRemove(run, id)
  expect(lines().map(folderless)).toEqual([
    `secret-set --description d2 --owner application ${id} password#file=…/password`,
    `secret-set --rotate daily --owner application ${id}`,
    `secret-grant --relation db:1 ${id}`,
    `secret-grant --relation db:1 --unit pg/0 ${id}`,
    `secret-revoke --relation db:1 ${id}`,
    `secret-revoke --app pg ${id}`,
    `secret-revoke --relation db:1 --unit pg/0 ${id}`,
    `secret-remove ${id} --revision 1`,
    `secret-remove ${id}`,
  ])
})

test('the application’s secret is added by the leader only', async () => {
  const { run } = beginHook({ unit: 'feast-ui/1' })
  await expect(secretAdd(run, { token: 'x' }, { owner: 'application' })).rejects.toMatchObject({ code: 'CHARM_PERMISSION_DENIED' })
})
