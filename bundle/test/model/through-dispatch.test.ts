import { join } from 'node:path'
import { inProcess, throughDispatch } from '@charmed-feast/charm/testing'
import { charm as feastIntegrator } from '@charmed-feast/feast-integrator-charm'
import { expect, test } from 'vitest'
import { openLocalModel } from '../../src/model/local-model.ts'
import { postgresqlCharm } from '../../src/postgresql/charm.ts'
import { root } from '../postgres/checkout.ts'

test('a charm runs in the model as a process of its own, with hook tools on PATH', async () => {
  const charmDir = join(root, 'charms/feast-integrator')
  const integrator = throughDispatch({
    metadata: feastIntegrator.metadata,
    charmDir,
    command: [process.execPath, '--conditions=source', join(charmDir, 'src/main.ts')],
    actions: ['sync-now'],
  })
  const users = new Map<string, string>()
  const server = {
    host: '127.0.0.1',
    port: 5432,
    version: '18.4',
    provide: async ({ user, password }: { readonly user: string; readonly password: string }) => void users.set(user, password),
    setEncryption: async () => null,
    retire: async (user: string) => void users.delete(user),
  }
  const model = openLocalModel({ charms: { 'feast-integrator': integrator, postgresql: inProcess(postgresqlCharm(server)) } })
  model.deploy({ application: 'feast-integrator', charm: 'feast-integrator' })
  model.deploy({ application: 'pg', charm: 'postgresql' })
  model.integrate('feast-integrator:offline-store', 'pg')
  const records = await model.settle()
  expect(records.flatMap(({ failure }) => failure ?? [])).toEqual([])
  const [relation] = model.model.relations
  expect(relation?.applicationData['feast-integrator']).toMatchObject({ database: 'offline_store' })
  expect([...users.keys()]).toEqual(['relation_id_1'])
  const consumed = model.model.secrets.find(({ label }) => label === 'database.1.user.secret')?.consumers['feast-integrator/0']
  expect(consumed).toEqual({ revision: 1, label: 'offline-store.1.user.secret' })
  expect(model.model.units['feast-integrator/0']?.status).toMatchObject({
    status: 'blocked',
    message: '[online-store] Please add the missing relation: online-store',
  })
  expect(await model.settle()).toEqual([])
}, 120_000)
