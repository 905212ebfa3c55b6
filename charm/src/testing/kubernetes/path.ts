/** What a path of the API names. */
export interface Target {
  /** `/api/v1`, `/apis/apps/v1`. */
  readonly root: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  /** `status`, `token`, `finalize`. */
  readonly subresource: string | undefined
}

const shape =
  /^(?<root>\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/

/**
 * Reads a path of the API; undefined when it names no resource.
 *
 * @example
 * parsePath('/api/v1/namespaces/alice/secrets/a')?.plural   // 'secrets'
 */
export function parsePath(path: string): Target | undefined {
  const groups = shape.exec(path)?.groups
  const { root, namespace, plural, name, subresource } = groups ?? {}
  if (root === undefined || plural === undefined) return undefined
  const decode = (text: string | undefined): string | undefined => (text === undefined ? undefined : decodeURIComponent(text))
  // Of a namespace itself these are parts; there are no resources of such a name.
  if (root === '/api/v1' && namespace !== undefined && name === undefined && ['status', 'finalize'].includes(plural)) {
    return { root, plural: 'namespaces', namespace: undefined, name: decode(namespace), subresource: plural }
  }
  return { root, plural, namespace: decode(namespace), name: decode(name), subresource }
}

/**
 * The path of the collection that a target belongs to, without its namespace.
 *
 * @example
 * resourcePath({ root: '/api/v1', plural: 'secrets' })   // '/api/v1/secrets'
 */
export function resourcePath({ root, plural }: Pick<Target, 'root' | 'plural'>): string {
  return `${root}/${plural}`
}

/**
 * The path of one object.
 *
 * @example
 * pathOf({ root: '/api/v1', plural: 'secrets', namespace: 'alice', name: 'a' })   // '/api/v1/namespaces/alice/secrets/a'
 */
export function pathOf({ root, plural, namespace, name }: Omit<Target, 'subresource'>): string {
  const space = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${space}/${plural}/${encodeURIComponent(name ?? '')}`
}
