import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { toLocalPaths } from '../notebook/mounted-secret.ts'

// `feast` of the UI's image: node feast.ts ROOT ARGUMENT… in a folder of the container. The file there names certificates by the paths that the
// container has; this process is outside, so that it reads a copy with the paths that they have here.

const [root = '/', ...args] = process.argv.slice(2)
const folder = process.cwd()
const name = 'feature_store.yaml'

if (existsSync(join(folder, name))) {
  const mountPath = join('/', relative(root, folder))
  const copies = join(root, 'tmp')
  mkdirSync(copies, { recursive: true })
  const copy = join(copies, name)
  writeFileSync(copy, toLocalPaths(readFileSync(join(folder, name)), readdirSync(folder), { folder, mountPath }), { mode: 0o600 })
  process.env.FEAST_FS_YAML_FILE_PATH = copy
}
process.argv = [process.execPath, 'feast', ...args]
await import(new URL('../bin/feast.js', import.meta.resolve('@charmed-feast/cli')).href)
