/** What the gateway does with a path. */
export interface Route {
  readonly prefix: string
  /** What stands in the prefix's place when the request goes on. */
  readonly rewrite: string
  /**
   * `text`: the path begins with the prefix, as an Istio VirtualService means it. `element`: whole parts between slashes, as the Gateway API means
   * it, so that `/feast/` is about `/feast` too.
   */
  readonly match: 'text' | 'element'
  /** A name of the cluster: `feast-ui.kubeflow.svc.cluster.local`. */
  readonly host: string
  readonly port: number
}

const elementRest = (path: string, prefix: string): string | null => {
  const base = prefix.replace(/\/$/, '')
  if (path !== base && !path.startsWith(`${base}/`)) return null
  return path.slice(base.length).replace(/^\//, '')
}

/** What is left of a path behind a route's prefix; null when the route is not about it. */
const restOf = (path: string, { prefix, match }: Route): string | null =>
  match === 'element' ? elementRest(path, prefix) : path.startsWith(prefix) ? path.slice(prefix.length) : null

/** A route that is about a path, and the path under which the request goes on. */
export interface Found {
  readonly route: Route
  readonly path: string
}

/**
 * Finds the route of a path: of several the one with the longest prefix.
 *
 * @example
 * findRoute([{ prefix: '/feast/', rewrite: '/', match: 'text', host: 'feast-ui', port: 8888 }], '/feast/p/x')?.path   // '/p/x'
 */
export const findRoute = (routes: readonly Route[], path: string): Found | null => {
  const [route] = routes.filter((each) => restOf(path, each) !== null).sort((left, right) => right.prefix.length - left.prefix.length)
  if (route === undefined) return null
  const rest = restOf(path, route) ?? ''
  const { rewrite } = route
  // Istio puts texts in place of texts; the Gateway API keeps one slash between parts.
  const rewritten = route.match === 'element' ? `${rewrite.replace(/\/$/, '')}/${rest}` : `${rewrite}${rest}`
  return { route, path: rewritten.startsWith('/') ? rewritten : `/${rewritten}` }
}
