import { fileURLToPath } from 'node:url'

import type { Place } from '../supervisor/place.ts'

/** What a container is made of. */
export interface Image {
  /** Layers that its Pebble knows from the start, lowest first. */
  readonly layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Its programs by name. */
  readonly programs: Place['programs']
  /** Folders that it has. */
  readonly folders: readonly string[]
}

/** Where a file of a package lies. */
const at = (specifier: string, from: string): string => fileURLToPath(new URL(from, import.meta.resolve(specifier)))

/** A program of this repository, which runs from its sources. */
const node = (path: string, args: readonly string[]): readonly string[] => [process.execPath, '--conditions=source', path, ...args]

/** In a container all addresses are the container's own. */
const bound = (args: readonly string[], { address }: Place): readonly string[] => args.map((word) => (word === '0.0.0.0' ? address : word))

/** As `rockcraft.yaml` of the charms has it: the service, and the mark that tells our image from the Python one. */
const layerOf = (service: string, command: string): Image['layers'] => ({
  [service]: {
    services: {
      [service]: { override: 'replace', command, startup: 'disabled' },
      'charmed-feast': { override: 'replace', summary: "Says that this is Charmed Feast's image", command, startup: 'disabled' },
    },
  },
})

/** The images that the bundle runs, by the container's name. */
export const images: Readonly<Record<string, Image>> = {
  'feast-ui': {
    layers: layerOf('feast-ui', 'feast ui --host 0.0.0.0 --port 8888 --root_path /feast'),
    programs: { feast: (args, place) => node(fileURLToPath(new URL('feast.ts', import.meta.url)), [place.root, ...bound(args, place)]) },
    folders: ['/home/ubuntu', '/tmp'],
  },
  'resource-dispatcher': {
    layers: layerOf('resource-dispatcher', 'resource-dispatcher --port 8080'),
    programs: {
      'resource-dispatcher': (args, place) =>
        node(at('@charmed-feast/resource-dispatcher-charm/workload', 'workload.ts'), ['--host', place.address, ...args]),
    },
    folders: ['/var/lib/pebble/default', '/tmp'],
  },
}
