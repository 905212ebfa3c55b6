import type { Kind } from '../api/contract.ts'
import { kinds } from '../kind/kind.ts'

/** Links inside the pages, without the base (wouter adds it). The routes are those of Feast's own UI, so its deep links work. */

const encode = encodeURIComponent

export function projectPath(project: string, rest = ''): string {
  return `/p/${encode(project)}${rest === '' ? '' : `/${rest}`}`
}

/** The list of a kind. */
export function listPath(project: string, kind: Kind): string {
  return projectPath(project, kinds[kind].route)
}

/** An object's page; a feature's name is `view:feature`. */
export function objectPath(project: string, kind: Kind, name: string, tab = ''): string {
  if (kind === 'project') return projectPath(name)
  if (kind === 'permission') return `${projectPath(project, 'permissions')}/${encode(name)}`
  if (kind === 'feature') {
    const colon = name.indexOf(':')
    return featurePath(project, name.slice(0, colon), name.slice(colon + 1), tab)
  }
  return `${projectPath(project, kinds[kind].route)}/${encode(name)}${tab === '' ? '' : `/${tab}`}`
}

export function featurePath(project: string, view: string, feature: string, tab = ''): string {
  return `${projectPath(project, 'feature-view')}/${encode(view)}/feature/${encode(feature)}${tab === '' ? '' : `/${tab}`}`
}

/** Adds parameters to a link, leaving empty ones out. */
export function withQuery(path: string, params: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue
    for (const one of typeof value === 'string' ? [value] : value) search.append(name, one)
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}
