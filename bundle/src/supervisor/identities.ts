import { asRecord, PebbleRefusal } from '@charmed-feast/charm/testing'

type Identity = Readonly<Record<string, unknown>>

/** Who may talk to this Pebble: kept and given back. Its socket is in a folder that only its owner enters. */
export class Identities {
  readonly #known = new Map<string, Identity>()

  list(): object {
    return Object.fromEntries([...this.#known].map(([name, identity]) => [name, withoutPassword(identity)]))
  }

  /** `POST /v1/identities` with action `replace`: null takes one away. */
  replace(body: Readonly<Record<string, unknown>>): null {
    if (body.action !== 'replace') throw new PebbleRefusal(400, `invalid action "${String(body.action)}"`)
    const next = new Map(this.#known)
    for (const [name, identity] of Object.entries(asRecord(body.identities))) {
      if (identity === null) next.delete(name)
      else next.set(name, asRecord(identity))
    }
    const users = [...next].flatMap(([, { local }]) => (local === undefined ? [] : [asRecord(local)['user-id']]))
    const twice = users.find((user, index) => users.indexOf(user) !== index)
    if (twice !== undefined)
      throw new PebbleRefusal(400, `cannot replace identities: cannot have multiple identities with user ID ${twice}`)
    this.#known.clear()
    for (const [name, identity] of next) this.#known.set(name, identity)
    return null
  }
}

const withoutPassword = ({ basic, ...rest }: Identity): Identity => (basic === undefined ? rest : { ...rest, basic: { password: '*****' } })
