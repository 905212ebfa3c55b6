import { Readable } from 'node:stream'
import { serverError } from '../errors.ts'
import { text } from '../query.ts'
import { Answer, type AnyRoute, route } from '../route.ts'
import type { ServerEvent } from './hub.ts'

/** A comment this often keeps proxies from ending the stream. */
const heartbeatMs = 15_000
/** How many streams one user, or one address of nobody, may hold. */
const streamsPerUser = 64

const open = new Map<string, number>()

const written = ({ id, name, data }: ServerEvent): string => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const eventRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/events',
    right: 'describe',
    cost: 'stream',
    summary: 'What changes, as it changes: registry, runs, freshness',
    query: { project: text('Only what concerns a project; all when left out') },
    handle: ({ query, rooms, headers, signal, index, caller }) => {
      const who = caller.user ?? ''
      const streams = open.get(who) ?? 0
      if (streams >= streamsPerUser) throw serverError('SERVER_BUSY', ['a stream of events', String(streams)])
      const { project } = query
      const concerns = (event: ServerEvent): boolean =>
        project === undefined || project === '' || event.project === null || event.project === project
      const seen = headers['last-event-id']
      const missed = typeof seen === 'string' ? rooms.events.after(seen) : []
      const stream = new Readable({ read: () => undefined })
      const push = (event: ServerEvent): void => {
        // A client that does not read is let go rather than kept in memory.
        if (stream.readableLength > 1_000_000) stream.destroy()
        else if (concerns(event)) stream.push(written(event))
      }
      stream.push(`retry: 3000\n\n: ${rooms.events.last}\n\n`)
      if (missed === undefined) push({ id: rooms.events.last, name: 'reset', project: null, data: { version: index.version } })
      else for (const event of missed) push(event)
      const forget = rooms.events.listen(push)
      const beat = setInterval(() => stream.push(': still here\n\n'), heartbeatMs)
      open.set(who, streams + 1)
      stream.once('close', () => {
        forget()
        clearInterval(beat)
        open.set(who, (open.get(who) ?? 1) - 1)
      })
      signal.addEventListener('abort', () => stream.destroy(), { once: true })
      return new Answer(200, stream, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
    },
  }),
]
