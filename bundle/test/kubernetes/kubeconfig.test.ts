import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { issueCertificate } from '../../../store/test/postgres/certificate.ts'
import { connectKubernetes } from '../../src/kubernetes/connection.ts'
import { readKubeconfig } from '../../src/kubernetes/kubeconfig.ts'

const authority = issueCertificate('authority')
const client = issueCertificate('alice', { by: authority })

let folder: string
let server: Server
let url: string

/** Says who asked: the name in the client's certificate, and the token. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-kubeconfig-'))
  const { certificate: cert, key } = issueCertificate('127.0.0.1', { by: authority, hosts: ['127.0.0.1'] })
  const options = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false }
  server = createServer(options, (request, response) => {
    const socket = request.socket as TLSSocket
    const { subject } = socket.getPeerCertificate()
    const who = { certificate: socket.authorized ? subject.CN : null, authorization: request.headers.authorization ?? null }
    response.end(JSON.stringify({ metadata: {}, who }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

interface Parts {
  readonly user?: object
  readonly cluster?: object
  readonly top?: object
}

const write = async ({ user = { token: 't' }, cluster = {}, top = {} }: Parts): Promise<string> => {
  const path = join(folder, 'config')
  const config = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': base64(authority.certificate), ...cluster } }],
    users: [{ name: 'u', user }],
    ...top,
  }
  await writeFile(path, JSON.stringify(config))
  return path
}

const whoAsks = async (parts: Parts): Promise<unknown> => {
  using connection = connectKubernetes(await readKubeconfig(await write(parts)))
  return (await connection.call({ method: 'GET', path: '/version' })).who
}

describe('a kubeconfig’s user is understood', () => {
  test('with a token', async () => {
    expect(await whoAsks({ user: { token: 'secret' } })).toEqual({ certificate: null, authorization: 'Bearer secret' })
  })

  test('with a file that holds the token, looked for beside the kubeconfig and read anew for each request', async () => {
    await mkdir(join(folder, 'keys'), { recursive: true })
    await writeFile(join(folder, 'keys/token'), 'one\n')
    using connection = connectKubernetes(await readKubeconfig(await write({ user: { tokenFile: 'keys/token' } })))
    const ask = async (): Promise<unknown> => (await connection.call({ method: 'GET', path: '/version' })).who
    expect(await ask()).toMatchObject({ authorization: 'Bearer one' })
    await writeFile(join(folder, 'keys/token'), 'two\n')
    expect(await ask()).toMatchObject({ authorization: 'Bearer two' })
  })

  test('with a client certificate, in the file or in files of its own', async () => {
    const inline = { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) }
    expect(await whoAsks({ user: inline })).toEqual({ certificate: 'alice', authorization: null })
    await writeFile(join(folder, 'alice.crt'), client.certificate)
    await writeFile(join(folder, 'alice.key'), client.key)
    const named = { 'client-certificate': 'alice.crt', 'client-key': join(folder, 'alice.key') }
    expect(await whoAsks({ user: named })).toEqual({ certificate: 'alice', authorization: null })
  })
})

describe('what is not understood is refused with words, and none of them is a secret', () => {
  const allowed = '; allowed: a token, a tokenFile, a client certificate'
  test.each<[string, Parts, string]>([
    [
      'a program',
      { user: { exec: { command: 'aws' } } },
      `its user has "exec": a program that gives credentials is not understood${allowed}`,
    ],
    [
      'an auth-provider',
      { user: { 'auth-provider': { name: 'gcp' } } },
      `its user has "auth-provider": an auth-provider is not understood${allowed}`,
    ],
    ['a password', { user: { username: 'me', password: 'hush' } }, `its user has "username": a password is not understood${allowed}`],
    ['somebody else', { user: { token: 'hush', as: 'root' } }, `its user has "as": acting as somebody else is not understood${allowed}`],
    ['a proxy', { cluster: { 'proxy-url': 'http://p' } }, `its cluster has "proxy-url": a proxy is not understood${allowed}`],
    ['nobody', { user: {} }, 'its user has neither a token nor a client certificate'],
    [
      'half a certificate',
      { user: { 'client-key-data': 'eA==' } },
      'its user has half of a client certificate: it takes certificate and key',
    ],
    ['a file that is not there', { user: { tokenFile: 'none' } }, 'it names "none", which cannot be read'],
    ['no context', { top: { 'current-context': '' } }, 'its current context names no context that the file has'],
    ['another cluster', { top: { clusters: [] } }, 'its current context names no cluster that the file has'],
    ['no server', { cluster: { server: '' } }, 'its current context names a cluster without a server'],
    ['a path', { cluster: { server: 'https://host/k8s/clusters/c' } }, 'its server has a path, which is not understood'],
  ])('%s', async (_, parts, why) => {
    const path = await write(parts)
    const refused = readKubeconfig(path)
    await expect(refused).rejects.toMatchObject({ code: 'BUNDLE_KUBECONFIG_INVALID', message: `cannot read kubeconfig "${path}": ${why}` })
    await expect(refused).rejects.not.toThrow('hush')
  })

  test('a file that is none', async () => {
    const path = join(folder, 'none')
    await expect(readKubeconfig(path)).rejects.toThrow(`cannot read kubeconfig "${path}": there is no such file`)
    await writeFile(path, 'token: hush: [')
    await expect(readKubeconfig(path)).rejects.toThrow(`cannot read kubeconfig "${path}": it cannot be read`)
  })
})
