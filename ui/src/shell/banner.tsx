import { RotateCw } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { useHost } from '../api/query.ts'
import { Button } from '../part/button.tsx'
import { liveState, onLiveChange } from './live.ts'

declare const __UI_VERSION__: string

/** What a reader must know about the page as a whole: server and pages of different versions, or no connection. */
export function Banner() {
  const host = useHost()
  const live = useSyncExternalStore(onLiveChange, liveState)
  const api = host.version !== '' && host.apiVersion !== 1
  if (api) {
    return (
      <div className="banner" role="alert">
        <p>
          This page is of version {__UI_VERSION__}, the server of version {host.version}. Some things may not work until you reload.
        </p>
        <Button icon={RotateCw} onClick={() => window.location.reload()}>
          Reload
        </Button>
      </div>
    )
  }
  if (live === 'offline') {
    return (
      <div className="banner" role="status">
        <p>The server does not answer. What you see may be old; the page goes on asking.</p>
      </div>
    )
  }
  return null
}
