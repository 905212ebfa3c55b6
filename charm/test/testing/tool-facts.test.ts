import { describe, expect, test } from 'vitest'

import {
  applyCommit,
  endHook,
  type Hook,
  HookContext,
  type Model,
  type ModelHolder,
  newApplication,
  newUnit,
  runTool,
  type Secret,
} from '../../src/testing/index.ts'

const network = {
  interfaces: [{ macAddress: '', interfaceName: '', addresses: [{ hostname: '', value: '10.1.2.3', cidr: '' }] }],
  egressSubnets: ['10.152.183.9/32'],
  ingressAddresses: ['10.152.183.9'],
}

const secret = (given: Partial<Secret> & Pick<Secret, 'id'>): Secret => ({
  owner: { kind: 'application', name: 'ui' },
  label: '',
  description: '',
  rotate: '',
  expire: '',
  revisions: [{ revision: 1, content: { token: 'dDE=' } }],
  grants: [],
  consumers: {},
  ...given,
})

const own = 'mee00000000000000010'
const foreign = 'pgs00000000000000010'

const model: Model = {
  name: 'kubeflow',
  uuid: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
  type: 'caas',
  cloud: null,
  applications: { ui: newApplication('ui', { leader: 'ui/0', config: { port: 8080, big: 12345678 }, resources: { image: '/srv/image' } }) },
  units: {
    'ui/0': newUnit('ui/0', { networks: { '': network, db: network }, storage: { 'data/0': { kind: 'filesystem', location: '/srv' } } }),
    'ui/1': newUnit('ui/1', { networks: { '': network } }),
  },
  relations: [
    {
      id: 7,
      interface: 'postgresql_client',
      ends: [
        { application: 'ui', endpoint: 'db', role: 'requirer' },
        { application: 'pg', endpoint: 'database', role: 'provider' },
      ],
      life: 'alive',
      suspended: false,
      units: ['ui/0', 'ui/1', 'pg/0', 'pg/10', 'pg/2'],
      applicationData: { ui: {}, pg: { endpoints: 'h:5432' } },
      unitData: { 'ui/0': {}, 'ui/1': {}, 'pg/0': {} },
    },
  ],
  secrets: [
    secret({ id: own, label: 'mine' }),
    secret({
      id: foreign,
      owner: { kind: 'application', name: 'pg' },
      grants: [{ target: 'application-ui', scope: 'relation-ui.db#pg.database' }],
    }),
  ],
}

interface Played {
  readonly answers: readonly string[]
  readonly model: Model
  readonly failure: string | null
}

/** Plays calls of one hook and ends it; an answer is exit, standard output and error. */
const play = (
  calls: readonly (readonly string[])[],
  given: { readonly hook?: Hook; readonly unit?: string; readonly exit?: number; readonly model?: Model } = {},
): Played => {
  const holder: ModelHolder = { model: given.model ?? model }
  let minted = 0
  const context = new HookContext({
    holder,
    unit: given.unit ?? 'ui/0',
    hook: given.hook ?? { kind: 'update-status' },
    clock: () => new Date('2026-01-01T00:00:00Z'),
    newSecretId: () => `new${String(++minted).padStart(16, '0')}0`,
  })
  const answers = calls.map(([tool = '', ...args]) => {
    const { exit, stdout, stderr } = runTool(context, { tool, args })
    return `${exit} ${stdout}${stderr}`.trim()
  })
  const { failure } = endHook(context, given.exit ?? 0, (commit) => {
    const { model: after, refusal } = applyCommit(holder.model, commit)
    holder.model = after
    return refusal
  })
  return { answers, failure, model: holder.model }
}

const answer = (...call: readonly string[]): string | undefined => play([call]).answers[0]

describe('hook tools, beyond what the recordings show', () => {
  test.each<readonly [readonly string[], string]>([
    [['action-fail', '--help'], '0 Usage: action-fail ["<failure message>"]'],
    [['config-get', '-h'], '0 Usage: config-get [options] [<key>]'],
    [['is-leader', '--help'], '0 Usage: is-leader [options]'],
    [['open-port', '--help'], '0 Usage: open-port [options] <port>[/<protocol>] or <from>-<to>[/<protocol>] or icmp'],
    [['relation-get', '--help'], '0 Usage: relation-get [options] <key> <unit id>'],
    [['secret-get', '--help'], '0 Usage: secret-get [options] <ID> [key[#base64]]'],
    [['secret-grant', '--help'], '0 Usage: secret-grant [options] <ID>'],
    [['secret-set', '--help'], '0 Usage: secret-set [options] <ID> [key[#base64]=value...]'],
    [['state-get', '--help'], '0 Usage: state-get [options] [<key>]'],
    [['storage-get', '--help'], '0 Usage: storage-get [options] [<key>]'],
    [['config-get', 'big'], '0 12345678'],
    [['network-get'], '2 ERROR no arguments specified'],
    [['network-get', 'db', '--primary-address', '--bind-address'], '1 ERROR --primary-address must be the only flag specified'],
    [['open-port', 'icmp/tcp'], '0'],
    [['open-port', '80/icmp'], '2 ERROR protocol "icmp" doesn\'t support any ports; got "80"'],
    [['open-port', '1-2-3'], '2 ERROR invalid port range "1-2-3"'],
    [['relation-get', '-r', '7', '--app', '-', 'JUNK'], '1 ERROR "" is not a valid unit or application'],
    [['relation-list', '-r', ':7', '--format=json'], '0 ["pg/0","pg/10","pg/2"]'],
    [
      ['relation-list', '-r', '7', '--app=maybe'],
      '2 ERROR invalid value "maybe" for option --app: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['relation-set', '-r', '7', 'a=1', 'a=2'], '2 ERROR key "a" specified more than once'],
    [['resource-get', 'image'], '0 /srv/image'],
    [['secret-add', '--owner', 'nobody', 'token=x'], '2 ERROR secret owner "nobody" not valid'],
    [['secret-add', '--expire', '0s', 'token=x'], '2 ERROR negative expire duration "0s" not valid'],
    [['secret-add', 'token#base64=AA==', 'token=x'], `0 secret://${model.uuid}/new00000000000000010`],
    [['secret-get', 'http:x'], '2 ERROR secret URI "http:x" not valid'],
    [['secret-set', 'http:x', 'a=b'], '2 ERROR secret URI scheme "http" not valid'],
    [['secret-get', `secret:${own}`, '--label', '--format=json'], '0 token: t1'],
    [['secret-revoke', own, '--app', 'pg', '--unit', 'pg/0'], '2 ERROR specify only one of application or unit'],
    [['secret-revoke', own, '--app', 'pg', '-r', '7'], '2 ERROR do not specify both relation and app'],
    [
      ['secret-remove', own, '--revision', 'x'],
      '2 ERROR invalid value "x" for option --revision: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [['state-set', `k=${'v'.repeat(65537)}`], '1 ERROR max allowed value length (65536) exceeded'],
    [
      ['storage-add', 'data=0'],
      '2 ERROR cannot parse constraints for storage "data": parsing storage count: count must be greater than zero, got "0"',
    ],
    [['storage-get', '-s', 'data/0', '--format=json'], '0 {"kind":"filesystem","location":"/srv"}'],
  ])('%j answers %j', (call, expected) => {
    expect(answer(...call)).toBe(expected)
  })
})

describe('what a hook reads', () => {
  test('is leadership once it was false', () => {
    expect(play([['is-leader'], ['is-leader']], { unit: 'ui/1' }).answers).toEqual(['0 False', '0 False'])
  })

  test('is its own unit bag with what it wrote, and never another one', () => {
    const { answers } = play([
      ['relation-set', '-r', '7', 'a=1'],
      ['relation-get', '-r', '7', '-', 'ui/0', '--format=json'],
      ['relation-get', '-r', '7', '--format=json', '-', 'ui/1'],
    ])
    expect(answers).toEqual(['0', '0 {"a":"1"}', '0 {}'])
  })

  test('is the newest revision of a secret the first time, and that one from then on', () => {
    const first = play([['secret-get', foreign, '--label', 'db.user']])
    expect(first.answers).toEqual(['0 token: t1'])
    const rotated: Model = {
      ...first.model,
      secrets: first.model.secrets.map((each) =>
        each.id === foreign ? { ...each, revisions: [...each.revisions, { revision: 2, content: { token: 'dDI=' } }] } : each,
      ),
    }
    const second = play(
      [
        ['secret-get', '--label', 'db.user'],
        ['secret-get', '--label', 'db.user', '--peek'],
        ['secret-get', '--label', 'db.user', '--refresh'],
      ],
      { model: rotated },
    )
    expect(second.answers).toEqual(['0 token: t1', '0 token: t2', '0 token: t2'])
    expect(second.model.secrets.find(({ id }) => id === foreign)?.consumers['ui/0']).toEqual({ revision: 2, label: 'db.user' })
  })

  test('is refused where it was not granted, and where there is nothing', () => {
    const other = { ...model, secrets: model.secrets.map((each) => ({ ...each, grants: [] })) }
    expect(play([['secret-get', foreign]], { model: other }).answers).toEqual(['1 ERROR permission denied'])
    expect(answer('secret-get', 'secret:abcd000000000000000g')).toBe('1 ERROR secret "secret:abcd000000000000000g" not found')
    expect(answer('secret-get', '--label', 'nothing')).toBe('1 ERROR consumer label "nothing" not found')
  })
})

describe('the end of a hook', () => {
  const writes = [
    ['relation-set', '-r', '7', '--app', 'k=v'],
    ['relation-set', '-r', '7', 'u=v'],
    ['open-port', '80'],
    ['state-set', 'a=b'],
    ['secret-add', '--label', 'new', 'token=x'],
    ['status-set', 'active', 'fine'],
    ['application-version-set', '2'],
  ]

  test('sends what waited when the hook went well', () => {
    const { model: after, failure } = play(writes)
    expect(failure).toBeNull()
    expect(after.relations[0]?.applicationData.ui).toEqual({ k: 'v' })
    expect(after.relations[0]?.unitData['ui/0']).toEqual({ u: 'v' })
    expect(after.units['ui/0']).toMatchObject({
      charmState: { a: 'b' },
      ports: { '': [{ from: 80, to: 80, protocol: 'tcp' }] },
      status: { status: 'active', message: 'fine' },
      workloadVersion: '2',
    })
    expect(after.secrets.map(({ label }) => label)).toEqual(['mine', '', 'new'])
  })

  test('drops all of it when the hook failed, but for what could not wait', () => {
    const { model: after, failure } = play(writes, { exit: 1 })
    expect(failure).toBe('exit status 1')
    expect(after.relations).toEqual(model.relations)
    expect(after.secrets).toEqual(model.secrets)
    expect(after.units['ui/0']).toMatchObject({ charmState: {}, ports: {}, status: { status: 'active' }, workloadVersion: '2' })
  })

  test('deletes keys whose value is empty', () => {
    const { model: before } = play(writes)
    const { model: after } = play([['relation-set', '-r', '7', '--app', 'k=']], { model: before })
    expect(after.relations[0]?.applicationData.ui).toEqual({})
  })

  test.each<readonly [string, readonly (readonly string[])[], string]>([
    [
      'a label that another secret has',
      [['secret-add', '--label', 'mine', 'token=x']],
      'creating secrets: secret with label "mine" already exists',
    ],
    ['a secret of somebody else', [['secret-set', foreign, 'token=x']], 'updating secrets: permission denied'],
    [
      'a secret that is not there',
      [['secret-set', 'secret:abcd000000000000000g', 'token=x']],
      'updating secrets: secret "secret:abcd000000000000000g" not found',
    ],
    ['removing what is not ours', [['secret-remove', foreign]], 'removing secrets: permission denied'],
    ['icmp on Kubernetes', [['open-port', 'icmp']], 'protocol icmp on caas models not supported'],
  ])('is refused by Juju after exit 0 for %s', (_, calls, failure) => {
    const played = play(calls)
    expect(played.answers.every((each) => each.startsWith('0'))).toBe(true)
    expect(played.failure).toBe(failure)
  })

  test('does not mind removing a secret that is not there', () => {
    expect(play([['secret-remove', 'secret:abcd000000000000000g']]).failure).toBeNull()
  })

  test('keeps secrets that were changed before a later refusal, and nothing of the rest', () => {
    const { model: after, failure } = play([
      ['secret-set', own, 'token=x'],
      ['secret-remove', foreign],
      ['open-port', '80'],
    ])
    expect(failure).toBe('removing secrets: permission denied')
    expect(after.secrets.find(({ id }) => id === own)?.revisions).toHaveLength(2)
    expect(after.units['ui/0']?.ports).toEqual({})
  })

  test('makes one revision of several changes of a secret, and none when nothing changed', () => {
    const several = play([
      ['secret-set', own, 'token=a'],
      ['secret-set', own, 'token=b', '--label', 'other'],
    ])
    expect(several.model.secrets[0]).toMatchObject({
      label: 'other',
      revisions: [{ revision: 1 }, { revision: 2, content: { token: 'Yg==' } }],
    })
    expect(play([['secret-set', own, 'token=t1']]).model).toEqual(model)
  })

  test('gives access to what was granted, and takes it', () => {
    const granted = play([['secret-grant', own, '-r', '7']]).model
    expect(granted.secrets[0]?.grants).toEqual([{ target: 'application-pg', scope: 'relation-ui.db#pg.database' }])
    expect(play([['secret-revoke', own, '--app', 'pg']], { model: granted }).model.secrets[0]?.grants).toEqual([])
  })
})

describe('an action', () => {
  const hook: Hook = { kind: 'action', action: { name: 'run', id: '3', params: { big: 1234567, list: ['a'] } } }

  test('reads its numbers as Go does', () => {
    expect(
      play(
        [
          ['action-get', 'big'],
          ['action-get', 'big', '--format=json'],
        ],
        { hook },
      ).answers,
    ).toEqual(['0 1.234567e+06', '0 1234567'])
  })

  test('never puts the unit in error', () => {
    expect(play([['open-port', 'icmp']], { hook }).failure).toBeNull()
    expect(play([['action-set', 'a=b']], { hook, exit: 1 }).failure).toBeNull()
  })
})
