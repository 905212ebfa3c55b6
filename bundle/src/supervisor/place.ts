import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Where a container is on this machine. */
export interface Place {
  /** Its root folder; `/` for one that is not shut in. */
  readonly root: string
  /** The address that its services bind, and that `localhost` means to its checks. */
  readonly address: string
  /** A program that an image brings, by its name: how it is started here. */
  readonly programs: Readonly<Record<string, (args: readonly string[], place: Place) => readonly string[]>>
  /** What a process of it finds in its environment beside what its service says. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Where a path of a container lies here. No path leads out of the root.
 *
 * @example
 * inside({ root: '/state/c/1' }, '/home/ubuntu/../../../etc')   // '/state/c/1/etc'
 */
export const inside = ({ root }: Pick<Place, 'root'>, path: string): string => join(root, posix.normalize(posix.join('/', path)))

/** An argument that names something of the container, as it is named here. */
const toArgument = (place: Place, word: string): string => {
  if (place.root === '/' || !word.startsWith('/')) return word
  const [, top = ''] = word.split('/')
  return existsSync(inside(place, `/${top}`)) ? inside(place, word) : word
}

/**
 * A command of a container as it is started here: the image's programs are ours, files are below the root, everything else is this
 * machine's.
 *
 * @example
 * toArgv(place, ['feast', 'ui'])   // ['/usr/bin/node', '/…/feast.js', 'ui']
 */
export const toArgv = (place: Place, [program = '', ...args]: readonly string[]): readonly string[] => {
  const words = args.map((word) => toArgument(place, word))
  return place.programs[program]?.(words, place) ?? [toArgument(place, program), ...words]
}
