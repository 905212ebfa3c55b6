import { storeError } from '../errors.ts'

/** Loads an optional package when it is first needed. Throws STORE_PEER_MISSING with the line that installs it. */
export const loadPeer = async <Module>(name: string, what: string, load: () => Promise<Module>): Promise<Module> => {
  try {
    return await load()
  } catch (cause) {
    throw storeError('STORE_PEER_MISSING', [what, name], { cause })
  }
}
