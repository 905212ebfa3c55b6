/**
 * Where the pages live. The host writes `<base href>` into the page (absolute or relative); without one, the page's own
 * address up to the last `/p/…` counts. Always ends with a slash.
 */
export function readBase(documentBase: string, hasBaseElement: boolean): URL {
  const url = new URL(documentBase)
  url.search = ''
  url.hash = ''
  if (hasBaseElement) {
    url.pathname = url.pathname.replace(/[^/]*$/, '')
    return url
  }
  const page = url.pathname.indexOf('/p/')
  url.pathname = page >= 0 ? url.pathname.slice(0, page + 1) : url.pathname.replace(/[^/]*$/, '')
  return url
}

let known: URL | undefined

/** The base of this page, read once: `/feast/` behind Kubeflow's gateway, `/` alone. */
export function base(): URL {
  known ??= readBase(document.baseURI, document.querySelector('base') !== null)
  return known
}

/** The base as wouter wants it: without the trailing slash. */
export function routerBase(): string {
  return base().pathname.replace(/\/$/, '')
}
