import { randomUUID } from 'node:crypto'
import { headOf, type RegistryMessage, type RegistryRequest, type StoredObject } from '@charmed-feast/store'
import type { Caller } from '../decision.ts'
import { serverError } from '../errors.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import type { Rooms } from '../route.ts'
import { type Applied, keepApplied } from './change-records.ts'

const bytesByName = (objects: readonly StoredObject[]) => new Map(objects.map((object) => [`${object.kind}\0${object.name}`, object.bytes]))

/** Whether a project is stored byte for byte as an index has it. */
const isSame = (index: RegistryIndex, project: string, stored: readonly StoredObject[]): boolean => {
  const now = bytesByName(stored)
  let count = 0
  for (const kind of new Set(stored.map((object) => object.kind))) {
    for (const { name, bytes } of index.snapshot.list(kind, project)) {
      const found = now.get(`${kind}\0${name}`)
      if (found === undefined || Buffer.compare(found, bytes) !== 0) return false
      count++
    }
  }
  return count === now.size
}

const moved = (given: string, now: string): Error =>
  serverError('SERVER_VERSION_MOVED', [given, now], { members: { registry_version: now } })

/** The version that a client means: `If-Match: "1448bd9347ba7312"`, or with the tick that timed answers have. */
export const versionIn = (header: string | readonly string[] | undefined): string | undefined => {
  const text = typeof header === 'string' ? header : header?.[0]
  return text === undefined ? undefined : /^(?:W\/)?"?([0-9a-f]+)/.exec(text.trim())?.[1]
}

const checkVersion = async (rooms: Rooms, wanted: string): Promise<RegistryIndex> => {
  const index = await rooms.feed.refresh()
  if (index.version !== wanted) throw moved(wanted, index.version)
  return index
}

/**
 * Writes a request, wholly or not at all. With a version nothing is written unless the registry still is what it was then: that is
 * looked at again within the transaction, so that an apply of Python's in between is not lost either. Online tables come and go with it.
 *
 * @throws SERVER_VERSION_MOVED
 */
export const applyRequest = async (
  rooms: Rooms,
  request: RegistryRequest,
  { caller, version }: { readonly caller: Caller; readonly version: string | undefined },
): Promise<Applied & { readonly canUndo: boolean }> => {
  const index = version === undefined ? await rooms.feed.refresh() : await checkVersion(rooms, version)
  let before: readonly StoredObject[] = []
  const names = new Set([...request.objects.map((message) => nameIn(message)), ...(request.remove ?? []).map(({ name }) => name)])
  const differences = await rooms.store.applyMessages(request, {
    now: rooms.now(),
    check: (stored) => {
      if (version !== undefined && !isSame(index, request.project, stored)) throw moved(version, 'another')
      before = stored.filter(({ name }) => names.has(name))
    },
  })
  const after = await rooms.feed.refresh()
  const changed = new Set(differences.filter(({ action }) => action !== 'create').map(({ kind, name }) => `${kind}\0${name}`))
  const applied: Applied = {
    ...{ id: randomUUID(), project: request.project, version: after.version, at: rooms.now(), user: caller.user, differences },
    before: before.filter(({ kind, name }) => changed.has(`${kind}\0${name}`)),
  }
  return { ...applied, canUndo: differences.length > 0 && (await keep(rooms, applied)) }
}

/** Keeps what was done; it is done all the same where it cannot be kept. */
const keep = async ({ records, report }: Rooms, applied: Applied): Promise<boolean> => {
  if ((await records.problem()) !== null) return false
  try {
    await keepApplied(records, applied)
    return true
  } catch (error) {
    report(error)
    return false
  }
}

const nameIn = (message: RegistryMessage): string => headOf(message).name
