import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { charm } from '../src/charm.ts'
import { metadata } from '../src/metadata.ts'

const folder = join(import.meta.dirname, '..')
const read = (name: string) => parse(readFileSync(join(folder, name), 'utf8'))

const endpoints = (group: Readonly<Record<string, { readonly interface: string; readonly limit?: number }>>) =>
  Object.fromEntries(
    Object.entries(group).map(([name, { interface: spoken, limit }]) => [
      name,
      limit === undefined ? { interface: spoken } : { interface: spoken, limit },
    ]),
  )

test('metadata.yaml has the endpoints, interfaces and limits of the Python charm, and of the code', () => {
  const { name, requires, provides, 'charm-user': user, containers, peers } = read('metadata.yaml')
  expect({ name, requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    name: 'feast-integrator',
    requires: {
      'offline-store': { interface: 'postgresql_client' },
      'online-store': { interface: 'postgresql_client' },
      registry: { interface: 'postgresql_client' },
      secrets: { interface: 'kubernetes_manifest' },
      'pod-defaults': { interface: 'kubernetes_manifest' },
    },
    provides: { 'feast-configuration': { interface: 'feast-configuration', limit: 1 } },
  })
  expect({ requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    requires: metadata.requires,
    provides: metadata.provides,
  })
  expect([user, containers, peers]).toEqual(['non-root', undefined, undefined])
})

test('config.yaml has the options of the code', () => {
  const { options } = read('config.yaml') as { readonly options: Record<string, { type: string; default: unknown }> }
  const said = Object.fromEntries(Object.entries(options).map(([name, { type, default: value }]) => [name, { type, default: value }]))
  expect(said).toEqual(metadata.config)
})

test('actions.yaml has the actions of the code', () => {
  expect(Object.keys(read('actions.yaml')).sort()).toEqual(Object.keys(charm.actions ?? {}).sort())
})

test('dispatch can be executed', () => {
  expect(statSync(join(folder, 'dispatch')).mode & 0o777).toBe(0o755)
})
