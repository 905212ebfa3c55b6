/** A link of the sidebar. */
export interface SidebarLink {
  readonly text: string
  readonly link: string
  /** Whether it opens in the frame; others get a tab of their own. */
  readonly framed: boolean
}

/** What a page shows. */
export interface DashboardPage {
  readonly links: readonly SidebarLink[]
  readonly namespaces: readonly string[]
  /** The namespace that was chosen; null: none yet. */
  readonly namespace: string | null
  /** Who is looking. */
  readonly user: string
  /** What the frame shows; null: the home page. */
  readonly framed: string | null
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

const describeLink = ({ text, link, framed }: SidebarLink, current: string | null): string => {
  const target = framed ? `href="/_${escapeHtml(link)}"` : `href="${escapeHtml(link)}" target="_blank" rel="noopener"`
  return `<li><a ${target}${framed && current?.startsWith(link) ? ' aria-current="page"' : ''}>${escapeHtml(text)}</a></li>`
}

const describeNamespaces = ({ namespaces, namespace }: DashboardPage): string =>
  namespaces.map((name) => `<option${name === namespace ? ' selected' : ''}>${escapeHtml(name)}</option>`).join('')

const describeContent = ({ framed, links }: DashboardPage): string => {
  if (framed !== null) return `<iframe id="frame" title="Application" src="${escapeHtml(framed)}"></iframe>`
  const hint = links.length === 0 ? 'No application has sent a link yet.' : 'Choose an application on the left.'
  return `<section><h1>Welcome</h1><p>${hint}</p></section>`
}

/**
 * The dashboard's page: links at the side, the namespace above, and an application in a frame. It holds no script and no style of its own: both
 * come from files, so that the policy can forbid all others.
 *
 * @example
 * dashboardPage({ links: [], namespaces: ['alice'], namespace: 'alice', user: 'me', framed: '/feast/' })
 */
export const dashboardPage = (page: DashboardPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dashboard</title>
<link rel="stylesheet" href="/dashboard.css">
<script src="/dashboard.js"></script>
</head>
<body>
<header>
<a href="/">Kubeflow on this machine</a>
<label>Namespace <select id="namespace">${describeNamespaces(page)}</select></label>
<span>${escapeHtml(page.user)}</span>
</header>
<nav aria-label="Applications"><ul>
<li><a href="/"${page.framed === null ? ' aria-current="page"' : ''}>Home</a></li>
${page.links.map((link) => describeLink(link, page.framed)).join('\n')}
</ul></nav>
<main>${describeContent(page)}</main>
</body>
</html>
`
