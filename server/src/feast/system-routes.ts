import { Answer, type AnyRoute, route } from '../route.ts'

/** The release of Feast whose API this is. */
export const feastVersion = '0.67.0'

/** The routes of the server itself. */
export const systemRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/version',
    right: 'open',
    cost: 'memory',
    summary: 'The release of Feast whose API this is',
    query: {},
    handle: () => ({ version: feastVersion }),
  }),
  route({
    method: 'POST',
    path: '/registry/refresh',
    right: 'describe',
    cost: 'store',
    summary: 'Reads the registry anew',
    query: {},
    handle: async ({ rooms }) => {
      await rooms.feed.refresh()
      return new Answer(200, undefined)
    },
  }),
]
