import type { Deviation, Fixture } from '@charmed-feast/charm/testing'

import { canPublish, providerData, relationsOf, stores } from './recorded.ts'

/** Where this charm leaves something else than the Python one, on purpose. `docs/reference/charm-deviations.md` has a row for each. */
export const deviations: readonly Deviation[] = [
  {
    name: 'PodDefault mounts read-only',
    reason: 'a Secret cannot be written to: the mount says so',
    when: (fixture) => canPublish(fixture) && relationsOf(fixture, 'secrets').length > 0,
    paths: (fixture) =>
      relationsOf(fixture, 'pod-defaults').map(({ id }) => [
        ...['relations', String(id), 'localAppData', 'kubernetes_manifests', '0', 'spec', 'volumeMounts', '0', 'readOnly'],
      ]),
    value: () => true,
  },
  {
    name: 'PodDefault does not insist on the Secret',
    reason: 'a notebook that starts before its namespace has the Secret would hang in ContainerCreating',
    when: (fixture) => canPublish(fixture) && relationsOf(fixture, 'secrets').length > 0,
    paths: (fixture) =>
      relationsOf(fixture, 'pod-defaults').map(({ id }) => [
        ...['relations', String(id), 'localAppData', 'kubernetes_manifests', '0', 'spec', 'volumes', '0', 'secret', 'optional'],
      ]),
    value: () => true,
  },
  ...stores.map(
    (store): Deviation => ({
      name: `certificate authority of ${store}`,
      reason: 'notebooks verify the server where the relation says TLS; the authority lies beside feature_store.yaml',
      when: (fixture) => canPublish(fixture) && certificateOf(fixture, store) !== undefined,
      paths: (fixture) =>
        relationsOf(fixture, 'secrets').map(({ id }) => [
          ...['relations', String(id), 'localAppData', 'kubernetes_manifests', '0', 'stringData', `${store}-ca.crt`],
        ]),
      value: (_, fixture) => `${certificateOf(fixture, store)}\n`,
    }),
  ),
  {
    name: 'nothing is recorded of a provider that said nothing',
    reason: 'an empty record says no more than none',
    when: (fixture) => stores.some((store) => relationsOf(fixture, store).some(saidNothing)),
    paths: (fixture) =>
      stores.flatMap((store) =>
        relationsOf(fixture, store)
          .filter((relation) => saidNothing(relation) && relation.localUnitData.data === undefined)
          .map(({ id }) => ['relations', String(id), 'localUnitData', 'data']),
      ),
    value: () => undefined,
  },
  {
    name: 'what a provider said is recorded in every hook',
    reason: 'a change that came while another hook ran is seen in the next one, whichever that is',
    when: (fixture) => stores.some((store) => relationsOf(fixture, store).length > 0),
    paths: (fixture) =>
      stores.flatMap((store) =>
        relationsOf(fixture, store)
          .filter((relation) => !saidNothing(relation) && relation.remoteAppData.subordinated !== 'true')
          .map(({ id }) => ['relations', String(id), 'localUnitData', 'data']),
      ),
    value: (recorded, fixture) => {
      const wanted = stores.flatMap((store) => relationsOf(fixture, store).map(({ remoteAppData: { data: _, ...said } }) => said))
      const sorted = (value: unknown): string => JSON.stringify(Object.entries(Object(value)).sort())
      // The one that is recorded already, or else the one that only lacks what changed.
      return (
        wanted.find((said) => sorted(said) === sorted(recorded)) ?? wanted.find((said) => said.endpoints === Object(recorded).endpoints)
      )
    },
  },
  {
    name: 'every unit reads the newest credentials',
    reason: 'a unit that stays on an old revision keeps the provider from removing it, and would start with it when it is elected',
    when: ({ state }) => !state.leader,
    paths: (fixture) =>
      newerSecrets(fixture).flatMap(({ id }) => [
        ['secrets', id, 'content'],
        ['secrets', id, 'revision'],
      ]),
    value: (recorded, fixture) => {
      const [secret] = newerSecrets(fixture)
      return typeof recorded === 'number' ? secret?.latestRevision : secret?.latestContent
    },
  },
]

function newerSecrets(fixture: Fixture): Fixture['state']['secrets'] {
  const named = stores.flatMap((store) =>
    relationsOf(fixture, store).flatMap(({ remoteAppData }) => [remoteAppData['secret-user'], remoteAppData['secret-tls']]),
  )
  return fixture.state.secrets.filter(({ id, latestContent }) => latestContent !== undefined && named.includes(id))
}

function saidNothing({ remoteAppData: { data: _, ...said } }: { readonly remoteAppData: Readonly<Record<string, string>> }): boolean {
  return Object.keys(said).length === 0
}

function certificateOf(fixture: Fixture, store: string): string | undefined {
  const [relation] = relationsOf(fixture, store)
  const data = relation ? providerData(fixture, relation) : null
  return data?.tls === 'True' ? data['tls-ca'] : undefined
}
