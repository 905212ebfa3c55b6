import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../src/main.ts'
import { workplace } from './repository.ts'

const yaml =
  'project: rides\nregistry: data/registry.db\nonline_store: null\noffline_store: {type: duckdb}\nentity_key_serialization_version: 3\n'

/** Runs a server's command line until it has said where it is, asks it something, and ends it as Ctrl-C does. */
const served = async (folder: string, words: readonly string[], ask: (url: string) => Promise<void>) => {
  const abort = new AbortController()
  const said = Promise.withResolvers<string>()
  const running = runCommandLine(words, {
    ...{
      env: {},
      cwd: folder,
      interactive: false,
      confirm: async () => false,
      now: () => BigInt(Date.now()) * 1000n,
      signal: abort.signal,
    },
    out: (text) => said.resolve(text),
    err: (text) => said.resolve(text),
  })
  const line = await said.promise
  try {
    await ask(/https?:\S+/.exec(line)?.[0] ?? line)
  } finally {
    abort.abort()
  }
  return { line, code: await running }
}

describe('feast serve_registry', () => {
  test('serves REST on this machine alone, until it is interrupted', async () => {
    await using place = await workplace()
    await writeFile(join(place.folder, 'feature_store.yaml'), yaml)
    const { line, code } = await served(place.folder, ['serve_registry', '--rest-api', '--no-grpc', '--rest-port', '0'], async (url) => {
      expect(await (await fetch(new URL('projects', url))).json()).toEqual({ projects: [], pagination: {} })
      expect((await fetch(new URL('api/v1/entities/x?project=rides', url), { method: 'DELETE' })).status).toBe(403)
    })
    expect([line.startsWith('the registry is at http://127.0.0.1:'), code]).toEqual([true, 0])
  })

  test.each([
    [['serve_registry'], 2, 'only REST is served; say --rest-api'],
    [['serve_registry', '--rest-api', '--rest-port', 'x'], 2, 'it has to be between 0 and 65535'],
    [['serve_registry', '--rest-api', '--key', 'key.pem'], 2, 'TLS needs both'],
    [['ui', '--pages', '/nowhere', '-p', '0'], 1, 'there is no such folder'],
    [['ui', '--root_path', 'https://evil', '-p', '0'], 1, 'it has to be a path such as /feast'],
    [['ui', '--trusted-proxy', 'example.com', '-p', '0'], 1, 'it has to be an address or a network'],
  ])('refuses %j and says why', async (words, exit, why) => {
    await using place = await workplace()
    await writeFile(join(place.folder, 'feature_store.yaml'), yaml)
    const { code, err } = await place.feast(words)
    expect([code, err]).toEqual([exit, expect.stringContaining(why)])
  })
})

describe('feast ui', () => {
  test('serves pages under the path of a gateway', async () => {
    await using place = await workplace()
    await writeFile(join(place.folder, 'feature_store.yaml'), yaml)
    await writeFile(join(place.folder, 'index.html'), '<!doctype html><html><head></head><body></body></html>')
    await served(place.folder, ['ui', '-p', '0', '--root_path', '/feast', '--pages', place.folder], async (url) => {
      expect(new URL(url).pathname).toBe('/feast/')
      expect(await (await fetch(url)).text()).toContain('<base href="/feast/">')
      expect((await fetch(new URL('api/v1/projects', url))).status).toBe(200)
    })
  })
})
