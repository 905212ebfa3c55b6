import type { Json } from '../json.ts'

/** The base of a page that was asked for at a path below the root: relative, so that it holds under any prefix. */
export const relativeBase = (path: string): string => {
  const depth = path.split('/').length - 2
  return depth <= 0 ? './' : '../'.repeat(depth)
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

/**
 * Writes the base and the configuration into the page: data, which no browser runs, so that the content policy needs no exception.
 *
 * @example
 * indexPage(html, { base: '/feast/', config })
 */
export const indexPage = (html: string, { base, config }: { readonly base: string; readonly config: Json }): string => {
  const data = JSON.stringify(config).replaceAll('<', '\\u003c')
  return html
    .replace(/<head([^>]*)>/i, (head) => `${head}\n    <base href="${attribute(base)}">`)
    .replace(/<\/head>/i, (end) => `  <script type="application/json" id="feast-config">${data}</script>\n  ${end}`)
}

/** A prefix as a gateway may say it: `/feast`; anything else is none. */
export const safePrefix = (text: string | undefined): string | undefined => {
  const prefix = text?.replace(/\/+$/, '')
  return prefix !== undefined && /^(?:\/[\w.~-]+)*$/.test(prefix) && !prefix.includes('..') ? prefix : undefined
}
