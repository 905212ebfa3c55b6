import { randomUUID } from 'node:crypto'
import { posix } from 'node:path'

import { parseMultipart, writeMultipart } from '../../pebble/multipart.ts'
import { asRecord, type FakeAnswer, type FakeRequest, PebbleRefusal, parseBody, sync } from './answer.ts'
import type { Operation } from './daemon.ts'
import { type ContainerFiles, type FileMeta, FileProblem } from './files.ts'

type Record_ = Readonly<Record<string, unknown>>

/** `GET /v1/files`: read or list. */
export function getFiles(files: ContainerFiles, { query, accept }: FakeRequest): FakeAnswer {
  if (query.get('action') === 'read') return readFiles(files, query.getAll('path'), accept)
  if (query.get('action') === 'list') return listFiles(files, query)
  throw new PebbleRefusal(400, `invalid action "${query.get('action') ?? ''}"`)
}

function readFiles(files: ContainerFiles, paths: readonly string[], accept: string): FakeAnswer {
  if (!accept.includes('multipart/form-data')) throw new PebbleRefusal(400, 'must accept multipart/form-data')
  const read = paths.map((path) => attempt(path, () => files.read(path)))
  const parts = read.flatMap(({ path, value }) => (value ? [{ name: 'files', filename: path, content: value }] : []))

  const response = sync(read.map(({ path, error }) => (error ? { path, error } : { path }))).body
  const boundary = randomUUID()

  const body = writeMultipart(boundary, [...parts, { name: 'response', filename: null, content: response }])
  return { status: 200, type: `multipart/form-data; boundary=${boundary}`, body }
}

function listFiles(files: ContainerFiles, query: URLSearchParams): FakeAnswer {
  const path = query.get('path') ?? ''
  const pattern = query.get('pattern')
  if (!path.startsWith('/')) throw new PebbleRefusal(400, `path must be absolute, got "${path}"`)
  try {
    const inside = files.list(path)
    const names = query.get('itself') === 'true' ? [path] : inside
    const shown = names.filter((name) => pattern === null || posix.matchesGlob(posix.basename(name), pattern))
    return sync(shown.map((name) => files.describe(name)))
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error
    throw new PebbleRefusal(error.kind === 'not-found' ? 404 : 400, error.message, error.kind)
  }
}

/** `POST /v1/files`: write, make-dirs or remove. What was done is put on the record. */
export function postFiles(files: ContainerFiles, request: FakeRequest, record: (operation: Operation) => void): FakeAnswer {
  if (request.contentType.startsWith('multipart/form-data')) return sync(writeFiles(files, request, record))
  const body = parseBody(request)
  if (body.action === 'make-dirs') return sync(asList(body.dirs).map((dir) => makeDir(files, dir)))
  if (body.action === 'remove') return sync(asList(body.paths).map((path) => removePath(files, path, record)))
  throw new PebbleRefusal(400, `invalid action "${String(body.action)}"`)
}

function writeFiles(files: ContainerFiles, request: FakeRequest, record: (operation: Operation) => void): object[] {
  const parts = parseMultipart(request.contentType, request.body)
  const described = parts?.find(({ name }) => name === 'request')
  if (!parts || !described) throw new PebbleRefusal(400, 'cannot read request metadata: multipart: NextPart: EOF')
  const wanted = asList(asRecord(JSON.parse(described.content.toString())).files)
  return wanted.map((meta) => {
    const path = String(meta.path)
    const content = parts.find((part) => part.name === 'files' && part.filename === path)?.content
    if (!content) throw new PebbleRefusal(400, `no file content for "${path}"`)
    const { error } = attempt(path, () => files.write(path, content, metaOf(meta), meta['make-dirs'] === true))
    if (!error) record({ op: 'push', path })
    return error ? { path, error } : { path }
  })
}

function makeDir(files: ContainerFiles, dir: Record_): object {
  const path = String(dir.path)
  const { error } = attempt(path, () => files.makeDir(path, metaOf(dir), dir['make-parents'] === true))
  return error ? { path, error } : { path }
}

function removePath(files: ContainerFiles, target: Record_, record: (operation: Operation) => void): object {
  const path = String(target.path)
  const { error } = attempt(path, () => files.remove(path, target.recursive === true))
  if (!error) record({ op: 'remove', path })
  return error ? { path, error } : { path }
}

function metaOf(given: Record_): FileMeta {
  const read = <Type extends 'string' | 'number'>(key: string, name: string, type: Type): object =>
    typeof given[key] === type && given[key] !== '' ? { [name]: given[key] } : {}
  return {
    ...read('permissions', 'permissions', 'string'),
    ...read('user', 'user', 'string'),
    ...read('user-id', 'userId', 'number'),
    ...read('group', 'group', 'string'),
    ...read('group-id', 'groupId', 'number'),
  }
}

interface Attempt<Value> {
  readonly path: string
  readonly value?: Value
  readonly error?: { readonly message: string; readonly kind: string }
}

function attempt<Value>(path: string, act: () => Value): Attempt<Value> {
  try {
    return { path, value: act() }
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error
    return { path, error: { message: error.message, kind: error.kind } }
  }
}

function asList(value: unknown): readonly Record_[] {
  return Array.isArray(value) ? value.map(asRecord) : []
}
