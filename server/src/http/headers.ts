/** What every answer says, whatever it is. No header opens it to other origins. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** What a page may load: its own origin's files, and nothing inline. Kubeflow's dashboard, which frames it, is of the same origin. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** The same for pages that are not ours: Feast's write their styles inline. */
export const foreignContentPolicy: string = contentPolicy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
