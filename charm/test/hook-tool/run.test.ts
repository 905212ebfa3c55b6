import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { createToolRunner, HookToolError, type RunTool, readTool, readToolJson } from '../../src/hook-tool/run.ts'
import { secretAdd } from '../../src/hook-tool/secret.ts'

let folder: string
let run: RunTool

const writeTool = async (name: string, script: string): Promise<void> => {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tools-'))
  run = createToolRunner({ env: { PATH: `${folder}:/usr/bin:/bin`, OUT: folder, MARK: 'here' } })
})

afterAll(() => rm(folder, { recursive: true }))

test('a tool gets arguments as they are, the environment and standard input', async () => {
  await writeTool('echo-tool', 'printf "%s|" "$@"; echo "$MARK"; cat; echo warned >&2')
  expect(await run({ tool: 'echo-tool', args: ['a b', '', '$HOME', "it's"], stdin: 'in\n' })).toEqual({
    exit: 0,
    stdout: "a b||$HOME|it's|here\nin\n",
    stderr: 'warned\n',
  })
})

test('a tool that ends without reading its input says why, and not that a pipe broke', async () => {
  await writeTool('deaf-tool', 'echo "ERROR no" >&2; exit 2')
  const result = await run({ tool: 'deaf-tool', args: [], stdin: 'x'.repeat(1_000_000) })
  expect(result).toEqual({ exit: 2, stdout: '', stderr: 'ERROR no\n' })
})

test('output larger than any buffer comes whole', async () => {
  await writeTool('big-tool', 'head -c 3000000 /dev/zero | tr "\\0" x')
  expect((await run({ tool: 'big-tool', args: [] })).stdout.length).toBe(3_000_000)
})

test('a tool that is not there is its own error', async () => {
  await expect(run({ tool: 'no-such-tool', args: [] })).rejects.toMatchObject({ code: 'CHARM_TOOL_MISSING' })
})

test('a tool that a signal ended is its own error', async () => {
  await writeTool('dying-tool', 'kill -KILL $$')
  await expect(run({ tool: 'dying-tool', args: [] })).rejects.toMatchObject({ code: 'CHARM_TOOL_KILLED' })
})

test('contents of secrets are readable by nobody else, never in arguments, and gone afterwards', async () => {
  await writeTool(
    'secret-add',
    'for a in "$@"; do case $a in token#file=*) f=$(echo "$a" | cut -d= -f2); esac; done; stat -c "%a" "$f" "$(dirname "$f")" > $OUT/modes; cat "$f" > $OUT/seen; echo "$@" > $OUT/args; echo secret:x',
  )
  expect(await secretAdd(run, { token: 'hunter2\n' }, { owner: 'unit' })).toBe('secret:x')
  expect(await readFile(join(folder, 'modes'), 'utf8')).toBe('600\n700\n')
  expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('hunter2\n')
  const args = await readFile(join(folder, 'args'), 'utf8')
  expect(args).not.toContain('hunter2')
  const path = /token#file=(\S+)/.exec(args)?.[1] ?? ''
  expect(path).not.toBe('')
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(stat(join(path, '..'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('files are gone when the tool refused, too', async () => {
  await writeTool('secret-add', 'echo "$@" > $OUT/args; echo "ERROR this unit is not the leader" >&2; exit 1')
  await expect(secretAdd(run, { token: 'hunter2' }, { owner: 'application' })).rejects.toMatchObject({ code: 'CHARM_PERMISSION_DENIED' })
  const path = /token#file=(\S+)/.exec(await readFile(join(folder, 'args'), 'utf8'))?.[1] ?? ''
  await expect(stat(join(path, '..'))).rejects.toMatchObject({ code: 'ENOENT' })
})

const answering =
  (exit: number, stdout: string, stderr = ''): RunTool =>
  async () => ({ exit, stdout, stderr })

test.each([
  ['relation-get', 2, 'invalid value "4" for option -r: relation not found', 'CHARM_RELATION_NOT_FOUND'],
  ['network-get', 2, 'invalid value "4" for option -r: relation not found', 'CHARM_RELATION_NOT_FOUND'],
  [
    'relation-get',
    1,
    'cannot read settings for unit "pg/9" in relation "a:db pg:db": unit "pg/9": settings not found',
    'CHARM_UNIT_NOT_FOUND',
  ],
  ['secret-get', 1, 'consumer label "L" not found', 'CHARM_SECRET_NOT_FOUND'],
  ['secret-get', 1, 'permission denied', 'CHARM_PERMISSION_DENIED'],
  ['relation-set', 1, 'cannot write relation settings', 'CHARM_PERMISSION_DENIED'],
  ['status-get', 1, 'finding application status: this unit is not the leader', 'CHARM_PERMISSION_DENIED'],
  ['leader-set', 1, 'cannot write leadership settings: cannot write settings: not the leader', 'CHARM_PERMISSION_DENIED'],
  ['config-get', 2, 'option provided but not defined: --x', 'CHARM_TOOL_USAGE'],
  ['config-get', 1, 'no route to host', 'CHARM_TOOL_FAILED'],
])('%s that says %i "%s" is %s%s', async (tool, exit, words, code) => {
  const error = await readTool(answering(exit, '', `ERROR ${words}\n`), { tool, args: [] }).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(HookToolError)
  expect(error).toMatchObject({ code, tool, exit, stderr: words })
  expect(String(error)).toContain(words)
})

test('a tool that refuses without a word is told of by its exit code', async () => {
  await expect(readTool(answering(3, ''), { tool: 'config-get', args: [] })).rejects.toThrow('exit code 3')
})

test('JSON is read; nothing is null; anything else is an error without the text', async () => {
  const call = { tool: 'secret-get', args: [] }
  expect(await readToolJson(answering(0, '{"a":1}\n'), call)).toEqual({ a: 1 })
  expect(await readToolJson(answering(0, '\n'), call)).toBeNull()
  const error = await readToolJson(answering(0, 'hunter2'), call).catch((each: unknown) => each)
  expect(error).toMatchObject({ code: 'CHARM_TOOL_OUTPUT' })
  expect(String(error)).not.toContain('hunter2')
})
