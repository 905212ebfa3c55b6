import type { Fixture } from '@charmed-feast/charm/testing'

type State = Fixture['state']
/** A relation as a recording has it. */
export type RecordedRelation = State['relations'][number]

/** The endpoints that give databases. */
export const stores = ['offline-store', 'online-store', 'registry']

/** The relations of an endpoint that are there in the recorded hook. */
export function relationsOf({ state, event }: Fixture, endpoint: string): RecordedRelation[] {
  return state.relations.filter((each) => each.endpoint === endpoint && !(event.name === 'relation-broken' && event.relation === each.id))
}

/** What a provider says, secrets included; null where a secret cannot be read. */
export function providerData({ state }: Fixture, { remoteAppData }: RecordedRelation): Readonly<Record<string, string>> | null {
  const data: Record<string, string> = { ...remoteAppData }
  for (const key of ['secret-user', 'secret-tls']) {
    const uri = remoteAppData[key]
    if (uri === undefined) continue
    const secret = state.secrets.find(({ id }) => id.slice(-20) === uri.slice(-20))
    if (secret === undefined) return null
    Object.assign(data, secret.latestContent ?? secret.content)
  }
  return data
}

const endpoint = /^(?:\[[0-9a-f:]+\]|[\w.-]+):[1-9]\d{0,4}(?:,|$)/

function isDatabaseReady(fixture: Fixture, name: string): boolean {
  const [relation, ...more] = relationsOf(fixture, name)
  const data = relation && more.length === 0 ? providerData(fixture, relation) : null
  if (!relation || !data) return false
  const waits = data.subordinated === 'true' && !Object.values(relation.remoteUnitsData).some(({ state }) => state === 'ready')
  return !waits && ['database', 'username', 'password'].every((key) => data[key]) && endpoint.test(data.endpoints ?? '')
}

/** Whether this hook can publish: it leads, and each of the three databases is there once with all that a client needs. */
export function canPublish(fixture: Fixture): boolean {
  return fixture.state.leader && stores.every((name) => isDatabaseReady(fixture, name))
}
