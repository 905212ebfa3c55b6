import { expect, test } from 'vitest'

import { readConfig } from '../src/config.ts'
import { active, type CharmMetadata, type ConfigOf, defineCharm } from '../src/index.ts'

const metadata = {
  name: 'x',
  requires: { db: { interface: 'postgresql_client', limit: 1 } },
  containers: { app: {} },
  config: {
    text: { type: 'string', default: 'a' },
    empty: { type: 'string' },
    count: { type: 'int', default: 3 },
    ratio: { type: 'float' },
    flag: { type: 'boolean', default: false },
    key: { type: 'secret' },
  },
} as const satisfies CharmMetadata

test('options have the types that are declared, and defaults where Juju has no value', () => {
  const config: ConfigOf<typeof metadata> = readConfig(metadata, { count: 4, unknown: 'dropped' })
  const typed: readonly [string, string | undefined, number, number | undefined, boolean, string | undefined] = [
    config.text,
    config.empty,
    config.count,
    config.ratio,
    config.flag,
    config.key,
  ]
  expect(typed).toEqual(['a', undefined, 4, undefined, false, undefined])
  expect(Object.keys(config)).not.toContain('unknown')
  expect(Object.isFrozen(config)).toBe(true)
  // @ts-expect-error an option without default may have no value
  config.empty?.length satisfies number
  // @ts-expect-error no such option
  expect(config.none).toBeUndefined()
})

test('names that are not declared do not compile', () => {
  const charm = defineCharm({
    metadata,
    observe: async (hook) => {
      const [database] = await hook.relations('db', ['remoteApp'])
      const endpoints: string | undefined = database?.remoteApp.endpoints
      // @ts-expect-error this part was not asked for
      void database?.localApp
      // @ts-expect-error no such endpoint
      void (() => hook.relations('dbs'))
      // @ts-expect-error no such container
      void (() => hook.container('ap'))
      return { endpoints }
    },
    reconcile: ({ endpoints }) => ({
      containers: { app: { files: { '/x': { content: endpoints ?? '' } } } },
      unitStatus: ({ containers }) => [active(containers.app?.failure?.message)],
    }),
  })
  // @ts-expect-error no such container
  charm.reconcile({ endpoints: '' }).containers?.other
  expect(charm.reconcile({ endpoints: 'h:1' }).containers?.app?.files?.['/x']?.content).toBe('h:1')
})
