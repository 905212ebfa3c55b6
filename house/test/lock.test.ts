import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { completeLock, type Lock, lockProblems } from '../lock.ts'
import { root } from '../tree.ts'

test('package-lock.json serves every platform and names no registry', async () => {
  expect(lockProblems(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock)).toEqual([])
})

const lock: Lock = {
  packages: {
    '': { optionalDependencies: { 'ours-linux-x64': '1.0.0' } },
    'node_modules/tool': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: {
        '@tool/cli-linux-x64': '2.0.0',
        '@tool/cli-linux-arm64-musl': '2.0.0',
        '@tool/cli-win32-arm64-msvc': '2.0.0',
        fsevents: '1',
      },
    },
    'node_modules/@tool/cli-linux-x64': { version: '2.0.0', dev: true, optional: true },
  },
}

test('a platform that was left out is found, and put back in its place', () => {
  expect(lockProblems(lock)).toEqual([
    'package-lock.json lacks @tool/cli-linux-arm64-musl@2.0.0: run node house/lock.ts',
    'package-lock.json lacks @tool/cli-win32-arm64-msvc@2.0.0: run node house/lock.ts',
  ])
  const complete = completeLock(lock)
  expect(lockProblems(complete)).toEqual([])
  expect(complete.packages['node_modules/@tool/cli-linux-arm64-musl']).toEqual({
    version: '2.0.0',
    cpu: ['arm64'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  })
  expect(complete.packages['node_modules/@tool/cli-win32-arm64-msvc']).toEqual({
    version: '2.0.0',
    cpu: ['arm64'],
    dev: true,
    optional: true,
    os: ['win32'],
  })
  expect(completeLock(complete)).toEqual(complete)
})

test('a registry that somebody has for himself is found', () => {
  const packages = {
    'node_modules/a': { resolved: 'https://user:secret@registry.example/a.tgz' },
    'node_modules/b': { resolved: 'store', link: true },
  }
  expect(lockProblems({ packages })).toEqual(['package-lock.json names a registry for node_modules/a: registry.example'])
})
