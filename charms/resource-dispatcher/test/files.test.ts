import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { isOwnImage } from '../src/container.ts'
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
  const { name, requires, provides, containers, resources, 'charm-user': user } = read('metadata.yaml')
  const manifests = { interface: 'kubernetes_manifest' }
  expect({ name, requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    name: 'resource-dispatcher',
    requires: {
      'require-cmr-mesh': { interface: 'cross_model_mesh' },
      'service-mesh': { interface: 'service_mesh', limit: 1 },
    },
    provides: {
      'config-maps': manifests,
      secrets: manifests,
      'service-accounts': manifests,
      'pod-defaults': manifests,
      roles: manifests,
      'role-bindings': manifests,
      'provide-cmr-mesh': { interface: 'cross_model_mesh' },
    },
  })
  expect({ requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    requires: metadata.requires,
    provides: metadata.provides,
  })
  expect(containers).toEqual({ 'resource-dispatcher': { resource: 'oci-image', uid: 584_792, gid: 584_792 } })
  expect([resources['oci-image'].type, user]).toEqual(['oci-image', 'non-root'])
})

test('config.yaml has the options of the code', () => {
  const { options } = read('config.yaml') as { readonly options: Record<string, { type: string; default: unknown }> }
  const said = Object.fromEntries(Object.entries(options).map(([name, { type, default: value }]) => [name, { type, default: value }]))
  expect(said).toEqual(metadata.config)
})

test('rockcraft.yaml carries the mark by which the charm knows its own image, and starts nothing by itself', () => {
  const { services } = read('rockcraft.yaml')
  expect(isOwnImage(services)).toBe(true)
  expect(Object.values<{ startup: string }>(services).map(({ startup }) => startup)).toEqual(['disabled', 'disabled'])
})

test('dispatch can be executed', () => {
  expect(statSync(join(folder, 'dispatch')).mode & 0o777).toBe(0o755)
})
