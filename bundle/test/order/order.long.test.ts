import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { throughDispatch } from '@charmed-feast/charm/testing'
import { charm as feastIntegrator } from '@charmed-feast/feast-integrator-charm'
import { charm as feastUi } from '@charmed-feast/feast-ui-charm'
import { charm as resourceDispatcher } from '@charmed-feast/resource-dispatcher-charm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram } from '../../src/agent/program.ts'
import { feastCharms } from '../../src/feast.ts'
import type { Charms } from '../../src/model/application.ts'
import { root } from '../postgres/checkout.ts'
import { runOrder, runPlain } from './order.ts'

// ORDERS and DISPATCH_ORDERS say how many; the whole of it is 1,000 and 20 (docs/reference/long-tests.md has its last result). FIRST_SEED moves on.
const numberOf = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise)
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, seed) => numberOf('FIRST_SEED', 1000) + seed)

describe('any order of events ends in the same place', () => {
  let expected: readonly string[] = []
  let folder: string
  let programs: Charms = {}

  beforeAll(async () => {
    expected = await runPlain()
    folder = await mkdtemp(join(tmpdir(), 'order-'))
    const built = [feastIntegrator, feastUi, resourceDispatcher].map(async ({ metadata, ...charm }) => {
      const charmDir = join(root, 'charms', metadata.name)
      const command = await buildProgram(join(charmDir, 'src/main.ts'), join(folder, metadata.name))
      const actions = 'actions' in charm ? Object.keys(charm.actions ?? {}) : []
      const env = { NODE_COMPILE_CACHE: join(folder, 'compiled') }
      return [metadata.name, throughDispatch({ metadata, charmDir, command, actions, env })] as const
    })
    programs = Object.fromEntries(await Promise.all(built))
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('in this process', async () => {
    const wrong: number[] = []
    for (const seed of seeds(numberOf('ORDERS', 100))) {
      const end = await runOrder(seed, feastCharms)
      if (JSON.stringify(end) !== JSON.stringify(expected)) wrong.push(seed)
    }
    expect(wrong).toEqual([])
  }, 3_600_000)

  test.each(seeds(numberOf('DISPATCH_ORDERS', 2)))(
    'through real dispatch, seed %i',
    async (seed) => {
      expect(await runOrder(seed, (server) => ({ ...feastCharms(server), ...programs }))).toEqual(expected)
    },
    3_600_000,
  )
})
