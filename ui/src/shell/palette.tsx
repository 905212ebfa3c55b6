import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CornerDownLeft, Search } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { get } from '../api/client.ts'
import type { SearchAnswer, SearchHit } from '../api/contract.ts'
import { isOn, useHost } from '../api/query.ts'
import { kinds, readKind } from '../kind/kind.ts'
import { Icon, KindIcon } from '../part/icon.tsx'
import { objectPath, projectPath } from '../route/path.ts'
import { navigate } from '../route/router.ts'
import { Marked } from './marked.tsx'
import { closePalette } from './palette-state.ts'
import { sections } from './section.ts'
import './palette.css'

interface Entry {
  readonly key: string
  readonly to: string
  readonly hit?: SearchHit
  readonly section?: (typeof sections)[number]
}

const most = 40

function hitEntry(hit: SearchHit): Entry | null {
  const kind = readKind(hit.type)
  if (kind === null) return null
  const name = kind === 'feature' && hit.featureView ? `${hit.featureView}:${hit.name}` : hit.name
  return { key: `${hit.type} ${hit.project} ${name}`, to: objectPath(hit.project, kind, name), hit }
}

/** What a query finds: places first when their name begins so, then objects in the server's order. */
function useEntries(query: string, project: string | null) {
  const { switches } = useHost()
  const wanted = query.trim()
  const answer = useQuery({
    queryKey: ['search', wanted, project],
    queryFn: ({ signal }) =>
      get<SearchAnswer>(
        'search',
        { query: wanted, projects: project === null || project === 'all' ? null : [project], limit: most, highlight: true },
        signal,
      ),
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const entries = useMemo(() => {
    const lower = wanted.toLowerCase()
    const places =
      project === null
        ? []
        : sections.filter(({ name, needs }) => name.toLowerCase().startsWith(lower) && (!needs || isOn(switches[needs])))
    const seen = new Set<string>()
    const hits = wanted === '' ? [] : (answer.data?.results ?? []).map(hitEntry)
    const unique = hits.filter((entry): entry is Entry => entry !== null && !seen.has(entry.key) && seen.add(entry.key) !== undefined)
    return [
      ...places.map((section): Entry => ({ key: `place ${section.route}`, to: projectPath(project ?? '', section.route), section })),
      ...unique,
    ].slice(0, most)
  }, [wanted, answer.data, project, switches])
  return {
    entries,
    total: answer.data?.pagination.totalCount ?? null,
    failed: answer.isError && wanted !== '',
    settled: !answer.isFetching,
  }
}

/** The search over everything: a combobox in a dialog, by keyboard alone. */
export function Palette({ project }: { readonly project: string | null }) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const { entries, total, failed, settled } = useEntries(useDeferredValue(query), project)
  const active = Math.min(chosen, entries.length - 1)

  // Before the next key: none that is typed after the slash is lost.
  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])

  function go(entry: Entry | undefined) {
    if (!entry) return
    closePalette()
    navigate(entry.to)
  }

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }
    const step = steps[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setChosen(Math.max(0, Math.min(entries.length - 1, active + step)))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(entries[active])
    } else if (event.key === 'Escape') {
      // At once, and not when the browser tells of it: who opens the search again right away opens a new one.
      event.preventDefault()
      dialog.current?.close()
      closePalette()
    }
  }

  const empty = query.trim() !== '' && entries.length === 0 && settled
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; the keyboard has Escape
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search"
      onClose={closePalette}
      onClick={(event) => {
        if (event.target === dialog.current) closePalette()
      }}
    >
      <div className="palette-input">
        <Icon of={Search} />
        <input
          role="combobox"
          aria-label="Search names, descriptions, tags and owners"
          aria-expanded={entries.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={entries[active] ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          placeholder="Search names, descriptions, tags, owners"
          value={query}
          spellCheck={false}
          autoComplete="off"
          autoFocus
          onChange={(event) => {
            setQuery(event.target.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </div>
      <div className="palette-list" role="listbox" id={`${id}-list`} aria-label="Results" ref={list}>
        {entries.map((entry, position) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
          <div
            key={entry.key}
            id={`${id}-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === active}
            className="palette-row"
            onPointerMove={() => setChosen(position)}
            onClick={() => go(entry)}
          >
            <EntryRow entry={entry} query={query} several={project === null || project === 'all'} />
          </div>
        ))}
      </div>
      <p className="palette-foot label" role="status">
        {failed
          ? 'The search failed; try again.'
          : empty
            ? 'Nothing found. Try fewer words, or a tag: tag:team=risk'
            : foot(query, entries.length, total)}
        {entries.length > 0 ? (
          <span className="push row">
            <Icon of={CornerDownLeft} size={12} /> open
          </span>
        ) : null}
      </p>
    </dialog>
  )
}

function foot(query: string, shown: number, total: number | null): string {
  if (query.trim() === '') return 'Words, or tokens: tag:team=risk  owner:ana  type:FLOAT  kind:entity  state:late'
  return total !== null && total > shown ? `${shown} of ${total}` : `${shown} found`
}

function EntryRow({ entry, query, several }: { readonly entry: Entry; readonly query: string; readonly several: boolean }) {
  const { hit, section } = entry
  if (section) {
    return (
      <>
        <Icon of={section.icon} />
        <span>{section.name}</span>
        <span className="label push">Go to</span>
      </>
    )
  }
  const kind = hit ? readKind(hit.type) : null
  if (!hit || kind === null) return null
  const inName = hit.highlight?.field === 'name' ? hit.highlight.ranges : null
  return (
    <>
      <KindIcon kind={kind} />
      <span className="palette-name clip">
        <Marked text={hit.name} query={query} ranges={inName} />
        {hit.featureView ? <span className="quiet"> in {hit.featureView}</span> : null}
      </span>
      <span className="palette-why label clip">
        {hit.highlight && hit.highlight.field !== 'name' ? (
          <Marked text={hit.highlight.text} query={query} ranges={hit.highlight.ranges} />
        ) : (
          hit.description
        )}
      </span>
      <span className="label push">{several ? `${hit.project} · ${kinds[kind].one}` : kinds[kind].one}</span>
    </>
  )
}
