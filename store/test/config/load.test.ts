import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'

let repo = ''
const text = (project: string): string => `project: ${project}\nregistry: r\n`
const base64 = (content: string): string => Buffer.from(content).toString('base64')

beforeAll(async () => {
  repo = await mkdtemp(join(tmpdir(), 'config-'))
  await writeFile(join(repo, 'feature_store.yaml'), text('in_repo'))
  await writeFile(join(repo, 'named.yaml'), text('named'))
  await writeFile(join(repo, 'by_variable.yaml'), text('$PROJECT'))
  await writeFile(join(repo, 'latin1.yaml'), Buffer.from([0x70, 0xe9]))
  await mkdir(join(repo, 'empty'))
})
afterAll(() => rm(repo, { recursive: true }))

const project = async (options: { readonly path?: string; readonly environment?: Readonly<Record<string, string>> }): Promise<string> =>
  (await loadConfig({ repoPath: repo, environment: {}, ...options })).project

describe('the configuration', () => {
  const variables = {
    FEAST_FS_YAML_FILE_PATH: 'by_variable.yaml',
    FEATURE_STORE_YAML_BASE64: base64(text('in_text')),
    PROJECT: 'by_variable',
  }

  test('is the file that the caller names, before all', async () => {
    expect(await project({ path: 'named.yaml', environment: variables })).toBe('named')
    expect(await project({ path: join(repo, 'named.yaml') })).toBe('named')
  })

  test('else the file that a variable names', async () => {
    expect(await project({ environment: variables })).toBe('by_variable')
  })

  test('else the text that a variable holds', async () => {
    const { FEAST_FS_YAML_FILE_PATH: _, ...others } = variables
    expect(await project({ environment: others })).toBe('in_text')
  })

  test('else the one in the repository', async () => {
    expect(await project({})).toBe('in_repo')
    expect(await project({ environment: { FEATURE_STORE_YAML_BASE64: '' } })).toBe('in_repo')
  })

  test('knows where it is from', async () => {
    expect(await loadConfig({ repoPath: repo, environment: {} })).toMatchObject({ path: join(repo, 'feature_store.yaml'), repoPath: repo })
  })

  test.each([
    [{ path: 'missing.yaml' }, /missing\.yaml": there is no such file$/],
    [{ repoPath: 'empty' }, /feature_store\.yaml": there is no such file; name a file with -f or FEAST_FS_YAML_FILE_PATH$/],
    [{ path: 'empty' }, /empty": reading failed with EISDIR$/],
    [{ path: 'latin1.yaml' }, /latin1\.yaml": it is not UTF-8$/],
    [{ environment: { FEATURE_STORE_YAML_BASE64: 'not base64!' } }, /"\$FEATURE_STORE_YAML_BASE64": it is no base64$/],
    [{ environment: { FEATURE_STORE_YAML_BASE64: '/////w==' } }, /"\$FEATURE_STORE_YAML_BASE64": it is not UTF-8$/],
  ])('cannot be read from %j', async (options, why) => {
    const { repoPath, ...others } = { repoPath: '', ...options }
    await expect(loadConfig({ environment: {}, ...others, repoPath: join(repo, repoPath) })).rejects.toMatchObject({
      code: 'STORE_CONFIG_UNREADABLE',
      message: expect.stringMatching(why),
    })
  })
})
