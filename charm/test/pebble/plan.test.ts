import { expect, test } from 'vitest'

import { isPlanned, type Layer, type Plan, parseDuration } from '../../src/pebble/index.ts'

test.each([
  ['500ms', 500],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['10s', 10_000],
  ['2µs', 0.002],
  ['10', null],
  ['s', null],
  ['', null],
  ['1s ', null],
])('the duration %j is %j ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

const plan: Plan = {
  services: {
    app: { override: 'replace', summary: 'App', command: 'run', startup: 'enabled', environment: { A: '1' }, 'kill-delay': '1m30s' },
  },
  checks: {
    up: { override: 'replace', period: '10s', timeout: '3s', threshold: 3, http: { url: 'http://localhost' }, startup: 'enabled' },
  },
  'log-targets': {},
}

const app = {
  override: 'replace',
  summary: 'App',
  command: 'run',
  startup: 'enabled',
  environment: { A: '1' },
  'kill-delay': '90s',
} as const

test.each<[string, Layer, boolean]>([
  ['the very same service', { services: { app } }, true],
  ['nothing at all', {}, true],
  ['another command', { services: { app: { ...app, command: 'walk' } } }, false],
  ['one key less', { services: { app: { ...app, environment: {} } } }, false],
  ['one key more', { services: { app: { ...app, 'working-dir': '/' } } }, false],
  ['an empty key more', { services: { app: { ...app, after: [], description: '' } } }, true],
  ['a default said', { services: { app: { ...app, 'backoff-delay': '500ms', 'backoff-factor': 2, 'backoff-limit': '30s' } } }, true],
  ['a service that is not there', { services: { other: app } }, false],
  ['a merge that says less', { services: { app: { override: 'merge', command: 'run' } } }, true],
  ['a merge that says something else', { services: { app: { override: 'merge', command: 'walk' } } }, false],
  [
    'a check without its defaults',
    { checks: { up: { override: 'replace', startup: 'enabled', http: { url: 'http://localhost' } } } },
    true,
  ],
  [
    'a check that asks more often',
    { checks: { up: { override: 'replace', startup: 'enabled', period: '1s', http: { url: 'http://localhost' } } } },
    false,
  ],
])('%s is planned: %#', (_name, layer, planned) => {
  expect(isPlanned(layer, plan)).toBe(planned)
})

test('what Pebble does is not asked of the label or the summary of a layer', () => {
  expect(isPlanned({ summary: 'new', description: 'words', services: { app } }, plan)).toBe(true)
})
