import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { build } from 'esbuild'

/**
 * Makes one program of a charm's sources, as `npm run pack` does, and gives the command. CommonJS: Node loads undici for every ES module that imports
 * `node:http`, and there are some sixty hooks in a deployment (a hook that only starts takes 45 ms of a processor so, 93 as ES modules).
 *
 * @example
 * const command = await buildProgram('/repository/charms/feast-ui/src/main.ts', '.state/charms/feast-ui')
 */
export const buildProgram = async (main: string, folder: string): Promise<readonly [string, ...string[]]> => {
  const program = join(folder, 'charm.cjs')
  await build({
    ...{ entryPoints: [main], outfile: program, bundle: true, minifyWhitespace: true, minifySyntax: true },
    ...{ platform: 'node', target: 'node24', format: 'cjs', conditions: ['source'], logLevel: 'error', legalComments: 'none' },
    // Asked for by pg in other surroundings than ours.
    external: ['pg-native', 'cloudflare:sockets'],
    // Its build for Node is CommonJS, of which everything would be taken.
    alias: { yaml: join(dirname(createRequire(main).resolve('yaml/package.json')), 'browser', 'index.js') },
  })
  return [process.execPath, '--max-semi-space-size=2', program]
}
