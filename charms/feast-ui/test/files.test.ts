import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { metadata } from '../src/metadata.ts'
import { isOwnImage } from '../src/workload.ts'

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
  expect({ name, requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    name: 'feast-ui',
    requires: {
      'dashboard-links': { interface: 'kubeflow_dashboard_links' },
      'feast-configuration': { interface: 'feast-configuration', limit: 1 },
      ingress: { interface: 'ingress' },
      'istio-ingress-route': { interface: 'istio_ingress_route' },
      'require-cmr-mesh': { interface: 'cross_model_mesh' },
      'service-mesh': { interface: 'service_mesh', limit: 1 },
    },
    provides: { 'provide-cmr-mesh': { interface: 'cross_model_mesh' } },
  })
  expect({ requires: endpoints(requires), provides: endpoints(provides) }).toEqual({
    requires: metadata.requires,
    provides: metadata.provides,
  })
  expect(containers).toEqual({ 'feast-ui': { resource: 'oci-image', uid: 584_792, gid: 584_792 } })
  expect([resources['oci-image'].type, user]).toEqual(['oci-image', 'non-root'])
})

test('rockcraft.yaml carries the mark by which the charm knows its own image, and the Python command', () => {
  const { services } = read('rockcraft.yaml')
  expect(isOwnImage(services)).toBe(true)
  expect(services['feast-ui'].command).toBe('feast ui --host 0.0.0.0 --port 8888 --root_path /feast')
  expect(Object.values<{ startup: string }>(services).map(({ startup }) => startup)).toEqual(['disabled', 'disabled'])
})

test('config.yaml has the options of the code', () => {
  const { options } = read('config.yaml') as { readonly options: Record<string, { type: string; default: unknown }> }
  const declared = Object.entries(options).map(([name, { type, default: value }]) => [name, { type, default: value }])
  expect(Object.fromEntries(declared)).toEqual(metadata.config)
})

test('dispatch can be executed', () => {
  expect(statSync(join(folder, 'dispatch')).mode & 0o777).toBe(0o755)
})
