import type { Deviation, Fixture } from '@charmed-feast/charm/testing'

/** The relations of an endpoint that are there in the recorded hook. */
export const related = ({ state, event }: Fixture, endpoint: string): Fixture['state']['relations'] =>
  state.relations.filter((each) => each.endpoint === endpoint && !(event.name === 'relation-broken' && event.relation === each.id))

const leads = ({ state }: Fixture): boolean => state.leader

/** Where this charm leaves something else than the Python one, on purpose. `docs/reference/charm-deviations.md` has a row for each. */
export const deviations: readonly Deviation[] = [
  {
    name: 'the link stands in the menu',
    reason: 'an external link opens a new tab, without the dashboard’s frame and namespace',
    when: leads,
    paths: (fixture) =>
      related(fixture, 'dashboard-links').map(({ id }) => ['relations', String(id), 'localAppData', 'dashboard_links', '0', 'location']),
    value: (recorded) => (recorded === undefined ? undefined : 'menu'),
  },
  {
    name: 'the UI asks for what fifteen keys cannot say',
    reason: 'project, TLS and the like reach the UI as a Juju secret, from an integrator that knows of it (design 5)',
    when: leads,
    paths: (fixture) =>
      related(fixture, 'feast-configuration').map(({ id }) => ['relations', String(id), 'localAppData', 'configuration-secret']),
    value: () => 'true',
  },
  {
    name: 'with TLS the gateway is asked for port 443',
    reason: 'HTTPS on port 80 collides with everybody else’s HTTP, and the UI cannot be reached',
    when: (fixture) =>
      leads(fixture) && related(fixture, 'istio-ingress-route').some(({ remoteAppData }) => remoteAppData.tls_enabled === 'True'),
    paths: (fixture) =>
      related(fixture, 'istio-ingress-route').flatMap(({ id }) => {
        const config = ['relations', String(id), 'localAppData', 'config']
        return [
          [...config, 'listeners', '0', 'port'],
          [...config, 'http_routes', '0', 'listener', 'port'],
        ]
      }),
    value: (recorded) => (recorded === undefined ? undefined : 443),
  },
]
