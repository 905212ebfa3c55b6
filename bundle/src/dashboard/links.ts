/** A link as the `kubeflow_dashboard_links` relation carries it: these six keys and no others (charm-compat §3.4). */
export interface DashboardLink {
  readonly text: string
  readonly link: string
  readonly location: 'menu' | 'external' | 'quick' | 'documentation'
  readonly icon: string
  readonly type: string
  readonly desc: string
}

const keys = ['text', 'link', 'location', 'icon', 'type', 'desc']
const locations = ['menu', 'external', 'quick', 'documentation']

const isLink = (value: unknown): value is DashboardLink => {
  if (typeof value !== 'object' || value === null) return false
  const entries = Object.entries(value)
  return (
    entries.every(([key, text]) => keys.includes(key) && typeof text === 'string') &&
    entries.some(([key]) => key === 'text') &&
    entries.some(([key, text]) => key === 'link' && typeof text === 'string' && text.startsWith('/')) &&
    entries.some(([key, text]) => key === 'location' && locations.includes(String(text)))
  )
}

/**
 * Reads what an application sends; null when it is not what the Python dashboard takes.
 *
 * @example
 * parseLinks('[{"text":"Feast","link":"/feast/","location":"menu","icon":"","type":"item","desc":""}]')?.[0]?.link   // '/feast/'
 */
export const parseLinks = (text: string): readonly DashboardLink[] | null => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every(isLink) ? value : null
  } catch {
    return null
  }
}

const byText = (left: DashboardLink, right: DashboardLink): number => (left.text < right.text ? -1 : left.text > right.text ? 1 : 0)

/**
 * The `links` of the dashboard's ConfigMap (kubeflow.md §3.1).
 *
 * @example
 * linksConfig([link]).menuLinks
 */
export const linksConfig = (links: readonly DashboardLink[]): Readonly<Record<string, readonly object[]>> => {
  const at = (location: DashboardLink['location']): readonly DashboardLink[] =>
    links.filter((link) => link.location === location).sort(byText)
  return {
    menuLinks: at('menu').map(({ type, link, text, icon }) => ({ type, link, text, icon })),
    externalLinks: at('external').map(({ type, link, text, icon }) => ({ type, link, text, icon, iframe: false })),
    quickLinks: at('quick').map(({ text, desc, link }) => ({ text, desc, link })),
    documentationItems: at('documentation').map(({ text, desc, link }) => ({ text, desc, link })),
  }
}
