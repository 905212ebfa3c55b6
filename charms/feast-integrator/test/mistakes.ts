import type { State } from '@charmed-feast/charm/testing'

import type { Mistake } from '../../../house/mistake.ts'
import { change, database, reference, relationOf } from './reference.ts'

const provider =
  (endpoint: string, said: Readonly<Record<string, string>>) =>
  (state: State): State =>
    change(state, endpoint, { remoteAppData: { ...relationOf(state, endpoint).remoteAppData, ...said } })

const config =
  (options: State['config']) =>
  (state: State): State => ({ ...state, config: options })

const invalid = (endpoint: string, why: string): string => `[${endpoint}] Invalid relation data from pg-${endpoint}: ${why}`
const waits = (endpoint: string): string => `[${endpoint}] Waiting for ${endpoint} relation data`

/** What others do wrong, one case a row. */
export const mistakes: readonly Mistake[] = [
  {
    name: 'a port of letters',
    about: 'databag',
    spoil: provider('registry', { endpoints: 'r:x' }),
    status: 'blocked',
    message: invalid('registry', 'port "x" of endpoint "r:x" is not a number from 1 to 65535'),
  },
  {
    name: 'a port too high',
    about: 'databag',
    spoil: provider('registry', { endpoints: 'r:99999' }),
    status: 'blocked',
    message: invalid('registry', 'port "99999" of endpoint "r:99999" is not a number from 1 to 65535'),
  },
  {
    name: 'an endpoint that is a URL',
    about: 'databag',
    spoil: provider('online-store', { endpoints: 'http://r/' }),
    status: 'blocked',
    message: invalid('online-store', 'endpoint "http://r/" is not host:port or [address]:port'),
  },
  {
    name: 'IPv6 without brackets',
    about: 'databag',
    spoil: provider('online-store', { endpoints: 'fd00::1:5432' }),
    status: 'blocked',
    message: invalid('online-store', 'endpoint "fd00::1:5432" is not host:port or [address]:port'),
  },
  {
    name: 'no endpoint',
    about: 'databag',
    spoil: provider('offline-store', { endpoints: '' }),
    status: 'waiting',
    message: waits('offline-store'),
  },
  {
    name: 'only commas for endpoints',
    about: 'databag',
    spoil: provider('offline-store', { endpoints: ',,' }),
    status: 'waiting',
    message: waits('offline-store'),
  },
  {
    name: 'no password',
    about: 'databag',
    spoil: provider('offline-store', { password: '' }),
    status: 'waiting',
    message: waits('offline-store'),
  },
  { name: 'no database', about: 'databag', spoil: provider('registry', { database: '' }), status: 'waiting', message: waits('registry') },
  {
    name: 'an empty databag',
    about: 'databag',
    spoil: (state) => change(state, 'registry', { remoteAppData: {} }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'a secret that was not granted',
    about: 'secret',
    spoil: provider('registry', { 'secret-user': 'secret:d5aaaaaaaaaaaaaaa990' }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'a secret’s URI that is none',
    about: 'secret',
    spoil: provider('registry', { 'secret-user': 'nonsense' }),
    status: 'waiting',
    message: /^cannot run hook tool "secret-get": .*"nonsense".*; tried again in the next hook$/,
  },
  {
    name: 'TLS that is neither on nor off',
    about: 'databag',
    spoil: provider('registry', { tls: 'perhaps' }),
    status: 'blocked',
    message: invalid('registry', 'key "tls" is neither True nor False'),
  },
  {
    name: 'a certificate that is none',
    about: 'databag',
    spoil: provider('registry', { tls: 'True', 'tls-ca': 'nonsense' }),
    status: 'blocked',
    message: invalid('registry', 'key "tls-ca" is not a PEM certificate'),
  },
  {
    name: 'a pooler without a ready unit',
    about: 'databag',
    spoil: provider('registry', { subordinated: 'true' }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'two databases on one endpoint',
    about: 'databag',
    spoil: (state) => ({ ...state, relations: [...state.relations, ...reference({ relations: [database(77, 'registry')] }).relations] }),
    status: 'blocked',
    message: '[registry] There is more than one relation on registry (pg-registry, pg-registry): remove all but one',
  },
  {
    name: 'a project with a blank',
    about: 'configuration',
    spoil: config({ project: 'my project' }),
    status: 'blocked',
    message: '[config] option "project" is "my project"; allowed: letters, digits, "_" and "-", beginning with a letter or digit',
  },
  {
    name: 'a project that begins with _',
    about: 'configuration',
    spoil: config({ project: '_p' }),
    status: 'blocked',
    message: /^\[config\] option "project" is "_p"/,
  },
  {
    name: 'a version of keys that nobody has',
    about: 'configuration',
    spoil: config({ 'entity-key-serialization-version': 4 }),
    status: 'blocked',
    message: '[config] option "entity-key-serialization-version" is 4; allowed: 2, 3',
  },
  {
    name: 'another version of keys',
    about: 'configuration',
    spoil: config({ 'entity-key-serialization-version': 3 }),
    status: 'blocked',
    message:
      '[config] option "entity-key-serialization-version" is 3, but the online store is written with 2: set it back to 2, or run the action migrate-entity-keys',
  },
  {
    name: 'a negative time',
    about: 'configuration',
    spoil: config({ 'registry-cache-ttl-seconds': -1 }),
    status: 'blocked',
    message: '[config] option "registry-cache-ttl-seconds" is -1; allowed: 0 and more',
  },
  {
    name: 'a word that no option has',
    about: 'configuration',
    spoil: config({ 'manifest-secrets': 'sometimes' }),
    status: 'blocked',
    message: '[config] option "manifest-secrets" is "sometimes"; allowed: auto, always, never',
  },
  {
    name: 'namespaces without projects',
    about: 'configuration',
    spoil: config({ 'namespace-projects': 'alice' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "alice": allowed: NAMESPACE=PROJECT, separated by commas',
  },
  {
    name: 'a namespace that is none',
    about: 'configuration',
    spoil: config({ 'namespace-projects': '../etc=p' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "../etc=p": "../etc" is no name of a namespace',
  },
  {
    name: 'a namespace twice',
    about: 'configuration',
    spoil: config({ 'namespace-projects': 'a=p,a=q' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "a=q": namespace "a" has a project already',
  },
]

/** The hook tools that the charm reads with. */
export const readingTools = ['config-get', 'is-leader', 'relation-get', 'relation-ids', 'relation-list', 'secret-get'] as const
