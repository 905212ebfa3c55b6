import { type PebbleClient, waitChange } from '../../../src/pebble/index.ts'

import { type PebbleStep, pebbleSteps } from './pebble-steps.ts'

/** What Pebble 1.32.1 answered to a step, without what differs from run to run. */
export interface PebbleExchange {
  readonly what: string
  readonly status: number
  readonly result: unknown
}

/** Asks for each step, waits for the changes, and gives what was answered. */
export async function exchange(client: PebbleClient, folder: string): Promise<readonly PebbleExchange[]> {
  const exchanges: PebbleExchange[] = []
  for (const step of pebbleSteps) {
    const { method, path, query, json, push }: PebbleStep = JSON.parse(JSON.stringify(step).replaceAll('FOLDER', folder))
    const request = { method, path, accept: 'multipart/form-data', ...(query ? { query } : {}), ...(json === undefined ? {} : { json }) }
    const answer = await client.send({ ...request, ...(push ? { body: multipart(push) } : {}) })
    const type = answer.type.split(';')[0]
    const body: unknown =
      type === 'application/json' ? JSON.parse(answer.bytes.toString()) : withoutBoundary(answer.bytes.toString(), answer.type)
    exchanges.push({
      what: step.what,
      status: answer.status,
      result: JSON.parse(
        JSON.stringify(tidy(body))
          .replaceAll(folder, 'FOLDER')
          .replace(/\.\d+~/g, '.NUMBER~'),
      ),
    })
    const change = typeof body === 'object' && body !== null && 'change' in body ? String(body.change) : null
    if (change !== null)
      exchanges.push({ what: `${step.what}: the change`, status: 200, result: tidyChange(await waitChange(client, change)) })
  }
  return exchanges
}

const boundary = '0123456789abcdef0123456789abcdef'

function multipart(push: NonNullable<PebbleStep['push']>): { readonly type: string; readonly bytes: Buffer } {
  const files = push.map(({ path, makeDirs = false, permissions = '' }) => ({ path, 'make-dirs': makeDirs, permissions }))
  const head = `--${boundary}\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name="request"\r\n\r\n${JSON.stringify({ action: 'write', files })}\r\n`
  const parts = push.map(
    ({ path, content }) =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: form-data; name="files"; filename="${path}"\r\n\r\n${content}\r\n`,
  )
  return { type: `multipart/form-data; boundary="${boundary}"`, bytes: Buffer.from(`${head}${parts.join('')}--${boundary}--\r\n`) }
}

function withoutBoundary(text: string, type: string): string {
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1] ?? ''
  return text.replaceAll(boundary, 'BOUNDARY')
}

const changing = [
  'id',
  'boot-id',
  'version',
  'current-since',
  'last-modified',
  'first-occurred',
  'last-occurred',
  'last-repeated',
  'change-id',
  'user-id',
  'group-id',
  'user',
  'group',
  'change',
  'expire-after',
  'prev-change-id',
]

/** Without times, ids and owners. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      changing.includes(key) && (typeof each === 'string' || typeof each === 'number' || each === null) ? 'VARIES' : tidy(each),
    ]),
  )
}

function tidyChange(change: Awaited<ReturnType<typeof waitChange>>): unknown {
  return {
    kind: change.kind,
    summary: change.summary,
    status: change.status,
    tasks: change.tasks.map(({ kind, summary, status }) => ({ kind, summary, status })),
  }
}
