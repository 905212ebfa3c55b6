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
 * only once they have said that they are there; and it keeps the address in step with the frame. It listens before the page has a frame: an
 * application that is quick would not be heard otherwise.
 */
export const script = `'use strict'
const find = (selector) => document.querySelector(selector)
const frameWindow = () => find('#frame')?.contentWindow
const key = () => '/centraldashboard/selectedNamespace/.' + find('header span').textContent
let connected = null

const tell = (target) => target.postMessage({ type: 'namespace-selected', value: find('#namespace').value }, location.origin)

const begin = () => {
  const select = find('#namespace')
  if (select.dataset.begun) return
  select.dataset.begun = 'yes'
  const asked = new URL(location.href).searchParams.get('ns') ?? localStorage.getItem(key())
  if ([...select.options].some((option) => option.value === asked)) select.value = asked
  if (select.value !== '') localStorage.setItem(key(), select.value)
  select.addEventListener('change', () => {
    localStorage.setItem(key(), select.value)
    const address = new URL(location.href)
    address.searchParams.set('ns', select.value)
    history.replaceState(null, '', address)
    if (connected !== null && connected === frameWindow()) tell(connected)
  })
}

addEventListener('message', (event) => {
  if (event.origin !== location.origin || event.source === null || event.source !== frameWindow()) return
  if (event.data === null || typeof event.data !== 'object' || event.data.type !== 'iframe-connected') return
  begin()
  connected = event.source
  connected.postMessage({ type: 'parent-connected', value: null }, location.origin)
  if (find('#namespace').value !== '') tell(connected)
})

const follow = () => {
  const inside = frameWindow().location
  if (inside.origin !== location.origin || inside.href === 'about:blank') return
  const address = new URL('/_' + inside.pathname + inside.search + inside.hash, location.origin)
  const namespace = find('#namespace').value
  if (namespace !== '') address.searchParams.set('ns', namespace)
  if (address.href !== location.href) history.replaceState(null, '', address)
}

const attach = () => {
  follow()
  for (const name of ['click', 'hashchange', 'popstate']) frameWindow().addEventListener(name, () => setTimeout(follow))
}

addEventListener('DOMContentLoaded', () => {
  begin()
  const frame = find('#frame')
  if (!frame) return
  frame.addEventListener('load', attach)
  if (frame.contentDocument?.readyState === 'complete' && frame.contentWindow.location.href !== 'about:blank') attach()
})
`
