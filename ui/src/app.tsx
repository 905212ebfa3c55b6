import { Suspense, useEffect, useSyncExternalStore } from 'react'
import { Boundary } from './part/boundary.tsx'
import { Skeleton } from './part/state.tsx'
import { usePlace } from './route/router.ts'
import { PageSwitch } from './route/routes.tsx'
import { PageFrame } from './shell/frame.tsx'
import { followEvents } from './shell/live.ts'
import { useNamespace } from './shell/namespace.ts'
import { Palette } from './shell/palette.tsx'
import { onPaletteChange, paletteOpen } from './shell/palette-state.ts'
import { useProject } from './shell/project.ts'

/** Everything: the frame, the page of the address in it, the search over it. */
export function App() {
  const project = useProject()
  const { path } = usePlace()
  const searching = useSyncExternalStore(onPaletteChange, paletteOpen)
  useNamespace()
  useEffect(() => followEvents(project === 'all' ? null : project), [project])
  return (
    <PageFrame>
      <Boundary key={path.split('/').slice(0, 5).join('/')}>
        <Suspense fallback={<Skeleton />}>
          <PageSwitch />
        </Suspense>
      </Boundary>
      {searching ? <Palette project={project} /> : null}
    </PageFrame>
  )
}
