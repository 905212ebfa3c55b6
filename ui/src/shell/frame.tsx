import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { IconButton } from '../part/button.tsx'
import { Toasts } from '../part/toast.tsx'
import { usePlace } from '../route/router.ts'
import { Banner } from './banner.tsx'
import { useKubeflow } from './kubeflow.ts'
import { SideNav } from './nav.tsx'
import { useProject } from './project.ts'
import { TopBar } from './top-bar.tsx'
import './frame.css'

function Drawer({ project, onClose }: { readonly project: string; readonly onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; the keyboard has Escape
    <dialog
      ref={element}
      className="drawer"
      aria-label="Navigation"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div className="drawer-head">
        <IconButton icon={X} label="Close the navigation" onClick={onClose} />
      </div>
      <SideNav project={project} />
    </dialog>
  )
}

/** What stands around every page: top bar, navigation, banners, toasts. */
export function PageFrame({ children }: { readonly children: ReactNode }) {
  const project = useProject()
  const { framed } = useKubeflow()
  const { path } = usePlace()
  const [drawer, setDrawer] = useState(false)
  const main = useRef<HTMLElement>(null)
  const before = useRef(path)

  useEffect(() => {
    if (before.current === path) return
    before.current = path
    setDrawer(false)
  }, [path])

  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <TopBar project={project} onDrawer={() => setDrawer(true)} />
      <div className={`frame ${project === null || framed ? 'bare' : ''}`}>
        {project === null || framed ? null : (
          <div className="side">
            <SideNav project={project} />
          </div>
        )}
        <main className="main" id="main" ref={main} tabIndex={-1}>
          <Banner />
          {children}
        </main>
      </div>
      {drawer && project !== null ? <Drawer project={project} onClose={() => setDrawer(false)} /> : null}
      <Toasts />
    </>
  )
}
