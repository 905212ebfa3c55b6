import { entity, featureView, int64, postgresSource, type Store } from '../../src/index.ts'
import { after } from './repository.ts'

/** What is killed: data, so that it can be told to another process. Each may be done again and again. */
export type Act =
  | { readonly kind: 'apply' }
  | { readonly kind: 'apply-beside'; readonly name: string }
  | { readonly kind: 'materialize'; readonly from: number; readonly to: number }
  /** `minute` since noon of 2026-01-01 is the event time. */
  | { readonly kind: 'push'; readonly drivers: readonly number[]; readonly minute: number; readonly tag: number; readonly history: boolean }
  | { readonly kind: 'teardown' }

const noon = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12))

/** When a push of this minute was true. */
export const momentOfPush = (minute: number): Date => new Date(noon(1).getTime() + minute * 60_000)

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const beside = (name: string) =>
  featureView({
    name,
    entities: [driver],
    schema: { trips: int64 },
    source: postgresSource({ name: 'beside', table: 'trips', timestampField: 'at' }),
  })

/** Does it. */
export const perform = async (store: Store, act: Act): Promise<void> => {
  switch (act.kind) {
    case 'apply':
      await store.apply(after, { partial: false })
      return
    case 'apply-beside':
      await store.apply([beside(act.name)])
      return
    case 'materialize':
      await store.materialize({ start: noon(act.from), end: noon(act.to), views: ['fresh', 'stats'] })
      return
    case 'push': {
      const at = momentOfPush(act.minute)
      const rows = act.drivers.map((id) => ({
        ...{ driver_id: BigInt(id), at, created: at },
        ...{ rate: act.tag, trips: BigInt(act.tag), city: `city ${act.tag}` },
      }))
      await store.push('pushed', rows, { to: act.history ? 'online_and_offline' : 'online' })
      return
    }
    case 'teardown':
      await store.teardown()
  }
}

/** The interval that `materialize` of these days leaves in the registry. */
export const intervalOf = (from: number, to: number): string =>
  `${BigInt(noon(from).getTime()) * 1000n}-${BigInt(noon(to).getTime()) * 1000n}`
