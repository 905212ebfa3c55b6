import { expect, test } from 'vitest'

import type { Desired, DesiredSecret } from '../../src/desired.ts'
import { type Charm, type CharmMetadata, defineCharm, secretUri } from '../../src/index.ts'
import type { Model } from '../../src/testing/index.ts'
import { baseModel, type CharmRunOptions, runCharm } from '../juju.ts'

const metadata = {
  name: 'feast-ui',
  requires: { db: { interface: 'x' } },
  peers: { peers: { interface: 'y' } },
} as const satisfies CharmMetadata

const db = { endpoint: 'db', id: 1, name: 'db:1' } as const
const newUri = `secret://${baseModel.uuid}/n0000000000000000010`
const id = 'appsec00000000000010'

const secret: DesiredSecret = { label: 'manifest.db.1', owner: 'application', content: { manifests: '["s3cret"]' }, grants: [db] }

const wanting = (present: readonly DesiredSecret[], more: Desired<typeof metadata> = {}): Charm<typeof metadata, null> =>
  defineCharm({
    metadata,
    observe: async () => null,
    reconcile: () => ({ ...more, secrets: { owns: (label) => label.startsWith('manifest.'), present } }),
  })

const stored: Model['secrets'][number] = {
  id,
  owner: { kind: 'application', name: 'feast-ui' },
  label: 'manifest.db.1',
  description: '',
  rotate: '',
  expire: '',
  revisions: [{ revision: 1, content: { manifests: Buffer.from('["s3cret"]').toString('base64') } }],
  grants: [{ target: 'application-pg', scope: 'relation-feast-ui.db#pg.database' }],
  consumers: {},
}

const having = (...secrets: Model['secrets']): Model => ({ ...baseModel, secrets })

const writes = async (charm: Charm<typeof metadata, null>, options: CharmRunOptions): Promise<readonly string[]> => {
  const run = await runCharm(charm, options)
  expect({ exit: run.exit, errors: run.errors }).toEqual({ exit: 0, errors: [] })
  expect(JSON.stringify(run.calls.map(({ args }) => args))).not.toContain('s3cret')
  expect(run.log().join()).not.toContain('s3cret')
  return run.writes().map((line) => line.replace(/#file=\S+/g, '#file=…'))
}

test('a secret that is not there is added, granted, and its URI written into the databag', async () => {
  const charm = wanting([secret], {
    relations: [{ relation: db, app: { kubernetes_manifests: secretUri('manifest.db.1'), is_secret: 'true' } }],
  })
  const run = await runCharm(charm)
  expect(run.writes().map((line) => line.replace(/#file=\S+/g, '#file=…'))).toEqual([
    'secret-add --label manifest.db.1 --owner application manifests#file=…',
    `secret-grant --relation db:1 ${newUri}`,
    'relation-set -r db:1 --app --file -',
  ])
  expect(run.calls.find(({ tool }) => tool === 'relation-set')?.stdin).toBe(`{"is_secret":"true","kubernetes_manifests":"${newUri}"}\n`)
})

test('one that is as it shall be is left alone, with its URI in whatever spelling', async () => {
  const charm = wanting([secret], { relations: [{ relation: db, app: { kubernetes_manifests: secretUri('manifest.db.1') } }] })
  for (const uri of [`secret:${id}`, `secret://${baseModel.uuid}/${id}`]) {
    const [relation, ...others] = baseModel.relations
    if (relation === undefined) throw new Error('no relation')
    const applicationData = { ...relation.applicationData, 'feast-ui': { kubernetes_manifests: uri } }
    expect(await writes(charm, { model: { ...having(stored), relations: [{ ...relation, applicationData }, ...others] } })).toEqual([])
  }
})

test('the URI of one that was there before is written when the databag lost it', async () => {
  const charm = wanting([secret], { relations: [{ relation: db, app: { kubernetes_manifests: secretUri('manifest.db.1') } }] })
  const run = await runCharm(charm, { model: having(stored) })
  expect(run.writes()).toEqual(['relation-set -r db:1 --app --file -'])
  expect(run.calls.find(({ tool }) => tool === 'relation-set')?.stdin).toBe(`{"kubernetes_manifests":"secret://${baseModel.uuid}/${id}"}\n`)
})

test('changed content is a new revision, changed metadata is set, and both go in one call', async () => {
  const changed: DesiredSecret = { ...secret, content: { manifests: '["s3cret2"]' }, description: 'new', rotate: 'daily' }
  expect(await writes(wanting([changed]), { model: having(stored) })).toEqual([
    `secret-set --description new --rotate daily --owner application ${id} manifests#file=…`,
  ])
})

test('what the tracked revision says does not matter: the newest is compared', async () => {
  const rotated = {
    ...stored,
    revisions: [
      { revision: 1, content: { manifests: Buffer.from('old').toString('base64') } },
      { ...stored.revisions[0], revision: 2 },
    ],
    consumers: { 'feast-ui/0': { revision: 1, label: '' } },
  } as Model['secrets'][number]
  expect(await writes(wanting([secret]), { model: having(rotated) })).toEqual([])
})

const track = (revision: number, unit = 'feast-ui/0'): Model['secrets'][number] => ({
  ...stored,
  revisions: [
    { revision: 1, content: { manifests: Buffer.from('old').toString('base64') } },
    { ...stored.revisions[0], revision: 2 },
  ] as never,
  consumers: { [unit]: { revision, label: '' } },
})

const trackedBy = (model: Model, unit: string): number | undefined => model.secrets[0]?.consumers[unit]?.revision

test('an owner follows its own secret to the newest revision, for Juju keeps every revision that its owner still looks at', async () => {
  const run = await runCharm(wanting([secret]), { model: having(track(1)) })
  expect(run.writes()).toEqual([])
  expect(trackedBy(run.context.model, 'feast-ui/0')).toBe(2)
})

test('a unit that does not lead any more follows too when Juju tells it of a new revision, and the secret may be gone by then', async () => {
  const hook = { kind: 'secret-changed', secret: { uri: `secret:${id}`, label: '' } }
  const run = await runCharm(wanting([secret]), { model: having(track(1, 'feast-ui/1')), unit: 'feast-ui/1', hook })
  expect({ exit: run.exit, writes: run.writes() }).toEqual({ exit: 0, writes: [] })
  expect(trackedBy(run.context.model, 'feast-ui/1')).toBe(2)
  const gone = await runCharm(wanting([secret]), { model: having(), unit: 'feast-ui/1', hook })
  expect({ exit: gone.exit, log: gone.log() }).toEqual({ exit: 0, log: [] })
})

test('a missing grant is given, and one that nobody wants is taken back', async () => {
  expect(await writes(wanting([secret]), { model: having({ ...stored, grants: [] }) })).toEqual([`secret-grant --relation db:1 ${id}`])
  expect(await writes(wanting([{ ...secret, grants: [] }]), { model: having(stored) })).toEqual([`secret-revoke --app pg ${id}`])
  const unit = { target: 'unit-pg-0', scope: 'relation-feast-ui.db#pg.database' }
  expect(await writes(wanting([{ ...secret, grants: [] }]), { model: having({ ...stored, grants: [unit] }) })).toEqual([
    `secret-revoke --unit pg/0 ${id}`,
  ])
})

test('an application is let in after its units were sent out, not in the same hook', async () => {
  const unit = { target: 'unit-pg-0', scope: 'relation-feast-ui.db#pg.database' }
  expect(await writes(wanting([secret]), { model: having({ ...stored, grants: [unit] }) })).toEqual([`secret-revoke --unit pg/0 ${id}`])
})

test('an own secret of such a label that nobody wants any more is removed; others are not touched', async () => {
  const foreign = { ...stored, id: 'appsec00000000000020', label: 'something-else' }
  expect(await writes(wanting([]), { model: having(stored, foreign) })).toEqual([`secret-remove ${id}`])
})

test('the application’s secrets are passed over on a unit that does not lead; its own are written', async () => {
  const own: DesiredSecret = { ...secret, label: 'manifest.own', owner: 'unit' }
  expect(await writes(wanting([secret, own]), { model: having(stored), unit: 'feast-ui/1' })).toEqual([
    'secret-add --label manifest.own --owner unit manifests#file=…',
    `secret-grant --relation db:1 ${newUri}`,
  ])
})

test('a databag that names a secret which nobody declared is a fault of the charm, told before the bag is written', async () => {
  const charm = wanting([], { relations: [{ relation: db, app: { a: secretUri('no-such') } }] })
  const run = await runCharm(charm)
  expect(run.exit).toBe(1)
  expect(run.errors.join()).toContain('cannot write databag key "a": no own secret has label "no-such"')
})

const removal = { kind: 'secret-remove', secret: { uri: `secret:${id}`, label: 'manifest.db.1', revision: 1 } }

test('an obsolete revision is removed when Juju says so, and a secret that is gone is no trouble', async () => {
  expect(await writes(wanting([secret]), { model: having(stored), hook: removal })).toEqual([`secret-remove ${id} --revision 1`])
  expect(await writes(wanting([]), { model: having(), hook: removal })).toEqual([])
  const undeclared = defineCharm({ metadata, observe: async () => null, reconcile: () => ({}) })
  expect(await writes(undeclared, { model: having(stored), hook: removal })).toEqual([`secret-remove ${id} --revision 1`])
})

test('in that hook nothing else of the secret changes, for Juju would drop it; a secret that shall go goes whole', async () => {
  const changed = { ...secret, content: { manifests: '["s3cret2"]' }, grants: [] }
  expect(await writes(wanting([changed]), { model: having(stored), hook: removal })).toEqual([`secret-remove ${id} --revision 1`])
  expect(await writes(wanting([]), { model: having(stored), hook: removal })).toEqual([`secret-remove ${id}`])
})
