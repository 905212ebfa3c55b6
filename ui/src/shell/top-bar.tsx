import { ChevronsUpDown, Menu as MenuIcon, Monitor, Moon, Search, Sun } from 'lucide-react'
import { useState } from 'react'
import { useHost } from '../api/query.ts'
import { IconButton } from '../part/button.tsx'
import { Icon } from '../part/icon.tsx'
import { Menu } from '../part/menu.tsx'
import { Link } from '../route/link.tsx'
import { projectPath } from '../route/path.ts'
import { navigate } from '../route/router.ts'
import { Brand } from './brand.tsx'
import { Crumbs } from './crumbs.tsx'
import { useKubeflow } from './kubeflow.ts'
import { TabNav } from './nav.tsx'
import { openPalette } from './palette-state.ts'
import { useProjects } from './project.ts'
import { setDensity, setTheme, type Theme, useDensity, useTheme } from './theme.ts'
import './top-bar.css'

const themeIcons = { system: Monitor, light: Sun, dark: Moon } as const

/** Opens the search; says its keys. */
function SearchButton() {
  return (
    <button type="button" className="search-button" onClick={openPalette} aria-keyshortcuts="Control+K /">
      <Icon of={Search} />
      <span className="search-words">Search</span>
      <kbd>/</kbd>
    </button>
  )
}

function LookMenu() {
  const theme = useTheme()
  const density = useDensity()
  const names: Record<Theme, string> = { system: 'Theme of the system', light: 'Light', dark: 'Dark' }
  const themes: readonly Theme[] = ['system', 'light', 'dark']
  return (
    <Menu
      label="Theme and density"
      className="button icon-only"
      align="right"
      button={<Icon of={themeIcons[theme]} />}
      items={[
        ...themes.map((value) => ({ name: names[value], checked: theme === value, onChoose: () => setTheme(value) })),
        {
          name: 'Comfortable rows',
          checked: density === 'comfortable',
          onChoose: () => setDensity(density === 'comfortable' ? 'dense' : 'comfortable'),
        },
      ]}
    />
  )
}

function ProjectMenu({ project }: { readonly project: string }) {
  const [wanted, setWanted] = useState(false)
  const projects = useProjects(wanted).data?.projects ?? []
  const names = projects.length === 0 ? [project] : projects.map(({ spec }) => spec.name)
  const choices = names.length > 1 ? [...names, 'all'] : names
  return (
    <Menu
      label={`Project ${project}: choose another`}
      onIntent={() => setWanted(true)}
      className="project-button"
      button={
        <>
          <span className="clip">{project === 'all' ? 'All projects' : project}</span>
          <Icon of={ChevronsUpDown} size={14} />
        </>
      }
      items={choices.map((name) => ({
        name: name === 'all' ? 'All projects' : name,
        checked: name === project,
        onChoose: () => navigate(projectPath(name)),
      }))}
    />
  )
}

interface TopBarProps {
  readonly project: string | null
  readonly onDrawer: () => void
}

/** The bar on top; inside Kubeflow's frame the row of sections stands in it and nothing else. */
export function TopBar({ project, onDrawer }: TopBarProps) {
  const { framed } = useKubeflow()
  const { session } = useHost()
  if (framed) {
    return (
      <header className="top-bar framed">
        {project === null ? <Crumbs /> : <TabNav project={project} />}
        <IconButton icon={Search} label="Search" onClick={openPalette} />
      </header>
    )
  }
  return (
    <header className="top-bar">
      {project === null ? null : (
        <span className="drawer-button">
          <IconButton icon={MenuIcon} label="Open the navigation" onClick={onDrawer} />
        </span>
      )}
      <Link to="/" className="brand" aria-label="Feast: all projects">
        <Brand />
      </Link>
      {project === null ? null : <ProjectMenu project={project} />}
      <Crumbs />
      <span className="push" />
      <SearchButton />
      <LookMenu />
      {session.user ? (
        <span className="user" title={`Signed in as ${session.user}${session.roles.length > 0 ? `: ${session.roles.join(', ')}` : ''}`}>
          {session.user.slice(0, 1).toUpperCase()}
          <span className="hidden">Signed in as {session.user}</span>
        </span>
      ) : null}
    </header>
  )
}
