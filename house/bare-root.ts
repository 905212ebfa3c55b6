import { execFile, spawnSync } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What Ubuntu's base has of libraries that a program of C++ asks for: libc6, and libstdc++6 with libgcc-s1, which apt needs. */
const baseLibraries =
  /\/(?:ld-linux-x86-64\.so\.2|lib(?:c|m)\.so\.6|lib(?:dl|rt|util)\.so\.\d|libpthread\.so\.0|libstdc\+\+\.so\.6|libgcc_s\.so\.1)$/

/** How a process gets another root folder here: root may, and others in a user namespace of their own; null where neither is allowed. */
const chroot: readonly string[] | null =
  [['/usr/sbin/chroot'], ['/usr/bin/unshare', '--map-root-user', '--root']].find(
    ([program = '', ...options]) => spawnSync(program, [...options, '/', '/bin/true']).status === 0,
  ) ?? null

/** Whether this machine lets us run something in a root folder of its own. */
export const canChangeRoot: boolean = chroot !== null

const librariesOf = async (program: string): Promise<readonly string[]> => {
  const { stdout } = await run('ldd', [program])
  return [...stdout.matchAll(/(\/\S+\.so[.\d]*) \(/g)].map(([, path = '']) => path)
}

/** A hook tool of a unit that is alone: it answers as Juju would, and writes down what is set. */
const tools: Readonly<Record<string, string>> = {
  'is-leader': 'echo true',
  'config-get': "echo '{}'",
  'relation-ids': "echo '[]'",
  'secret-ids': "echo '[]'",
  'opened-ports': "echo '[]'",
  'goal-state': `echo '{"units":{},"relations":{}}'`,
  'state-get': "echo '{}'",
  'status-get': `echo '{"message":"","status":"unknown","status-data":{}}'`,
  'status-set': 'echo "$@" >> /said',
  'juju-log': 'echo "$@" >> /logged',
  'open-port': ':',
  'application-version-set': ':',
}

/**
 * Runs the first hook of a packed charm in a root folder that holds the charm, a shell, and those libraries that Ubuntu's base has: no file
 * more. Gives what it said to `status-set`, and what went wrong.
 *
 * @example
 * const { exit, said } = await runInBareRoot({ charmDir, root, app: 'feast-ui' })
 */
export const runInBareRoot = async ({
  charmDir,
  root,
  app,
}: {
  readonly charmDir: string
  readonly root: string
  readonly app: string
}): Promise<{ readonly exit: number | null; readonly said: string; readonly errors: string }> => {
  await cp(charmDir, join(root, 'charm'), { recursive: true })
  const libraries = new Set([...(await librariesOf(join(charmDir, 'node'))), ...(await librariesOf('/bin/sh'))])
  for (const library of libraries) {
    if (!baseLibraries.test(library)) throw new Error(`"${library}" is not of Ubuntu's base`)
    await mkdir(join(root, dirname(library)), { recursive: true })
    await copyFile(library, join(root, library))
  }
  for (const folder of ['bin', 'dev', 'tools', 'tmp']) await mkdir(join(root, folder), { recursive: true })
  // Every container has it. A device only root may make; an empty file reads the same.
  await writeFile(join(root, 'dev/null'), '')
  await copyFile('/bin/sh', join(root, 'bin/sh'))
  for (const [name, script] of Object.entries(tools)) {
    await writeFile(join(root, 'tools', name), `#!/bin/sh\n${script}\n`)
    await chmod(join(root, 'tools', name), 0o755)
  }
  await writeFile(join(root, 'said'), '')
  const env = {
    PATH: '/tools',
    JUJU_CHARM_DIR: '/charm',
    CHARM_DIR: '/charm',
    JUJU_CONTEXT_ID: `${app}/0-install-1`,
    JUJU_HOOK_NAME: 'install',
    JUJU_DISPATCH_PATH: 'hooks/install',
    JUJU_UNIT_NAME: `${app}/0`,
    JUJU_MODEL_NAME: 'kubeflow',
    JUJU_MODEL_UUID: '2e6a6f2a-7a0e-4d8e-8a86-1d1d8f4c7b11',
    JUJU_VERSION: '3.6.25',
    JUJU_API_ADDRESSES: '127.0.0.1:17070',
  }
  const [program = '', ...options] = chroot ?? []
  const { status, stderr } = spawnSync(program, [...options, root, '/charm/dispatch'], { env, cwd: root, encoding: 'utf8' })
  return { exit: status, said: await readFile(join(root, 'said'), 'utf8'), errors: stderr }
}
