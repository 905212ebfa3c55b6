/** The dashboard's style. */
export const style = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
* { box-sizing: border-box }
body { margin: 0; height: 100vh; display: grid; grid-template: auto 1fr / 13rem 1fr; grid-template-areas: "top top" "side main" }
header { grid-area: top; display: flex; gap: 2rem; align-items: center; padding: .5rem 1rem; border-bottom: 1px solid #8884 }
header span { margin-left: auto; opacity: .75 }
nav { grid-area: side; border-right: 1px solid #8884; padding: .5rem 0; overflow: auto }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: .4rem 1rem; color: inherit; text-decoration: none }
nav a:hover, nav a[aria-current] { background: #8882 }
main { grid-area: main; min-width: 0; min-height: 0; display: grid }
main section { padding: 2rem }
iframe { width: 100%; height: 100%; border: 0 }
`

/**
 * The dashboard's script. It tells framed pages the namespace in Kubeflow's four messages (kubeflow.md §3.2), only to pages of its own origin and
 * only once they have said that they are there; and it keeps the address in step with the frame.
 */
export const script = `'use strict'
const select = document.querySelector('#namespace')
const frame = document.querySelector('#frame')
const user = document.querySelector('header span').textContent
const key = '/centraldashboard/selectedNamespace/.' + user
const connected = new Set()

const tell = (target) => target.postMessage({ type: 'namespace-selected', value: select.value }, location.origin)

const choose = (namespace) => {
  localStorage.setItem(key, namespace)
  const address = new URL(location.href)
  address.searchParams.set('ns', namespace)
  history.replaceState(null, '', address)
  if (frame && connected.has(frame.contentWindow)) tell(frame.contentWindow)
}

const asked = new URL(location.href).searchParams.get('ns') ?? localStorage.getItem(key)
if ([...select.options].some((option) => option.value === asked)) select.value = asked
if (select.value !== '') localStorage.setItem(key, select.value)
select.addEventListener('change', () => choose(select.value))

addEventListener('message', (event) => {
  if (event.origin !== location.origin || !frame || event.source !== frame.contentWindow) return
  if (event.data === null || typeof event.data !== 'object' || event.data.type !== 'iframe-connected') return
  connected.add(event.source)
  event.source.postMessage({ type: 'parent-connected', value: null }, location.origin)
  if (select.value !== '') tell(event.source)
})

if (frame) {
  const follow = () => {
    const inside = frame.contentWindow.location
    if (inside.origin !== location.origin) return
    const address = new URL('/_' + inside.pathname + inside.search + inside.hash, location.origin)
    if (select.value !== '') address.searchParams.set('ns', select.value)
    if (address.href !== location.href) history.replaceState(null, '', address)
  }
  frame.addEventListener('load', () => {
    follow()
    for (const name of ['click', 'hashchange', 'popstate']) frame.contentWindow.addEventListener(name, () => setTimeout(follow))
  })
}
`
