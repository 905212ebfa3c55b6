import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react'
import { get } from '../api/client.ts'
import type { Kind, SearchAnswer, SearchHit } from '../api/contract.ts'
import { kinds, readKind } from '../kind/kind.ts'
import { KindIcon } from './icon.tsx'
import './object-picker.css'

export interface Picked {
  readonly kind: Kind
  /** A feature's is `view:feature`. */
  readonly name: string
}

interface ObjectPickerProps {
  readonly label: string
  readonly project: string
  readonly of: readonly Kind[]
  readonly value?: string
  readonly placeholder?: string
  readonly onPick: (picked: Picked) => void
  /** Empty the box after picking, to pick another. */
  readonly clear?: boolean
}

function pickedOf(hit: SearchHit): Picked | null {
  const kind = readKind(hit.type)
  if (kind === null) return null
  return { kind, name: kind === 'feature' && hit.featureView ? `${hit.featureView}:${hit.name}` : hit.name }
}

/** A box that finds objects while one types: a combobox over the server's search. */
export function ObjectPicker({ label, project, of, value = '', placeholder, onPick, clear = false }: ObjectPickerProps) {
  const [text, setText] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const id = useId()
  const query = useDeferredValue(text?.trim() ?? '')
  const open = text !== null
  const search = useQuery({
    queryKey: ['search', 'pick', query, project, of],
    queryFn: ({ signal }) => get<SearchAnswer>('search', { query, projects: [project], kinds: of.join(','), limit: 20 }, signal),
    enabled: open,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const found = (search.data?.results ?? []).map(pickedOf).filter((picked): picked is Picked => picked !== null && of.includes(picked.kind))
  const active = Math.min(at, found.length - 1)

  function pick(picked: Picked | undefined) {
    if (!picked) return
    setText(clear ? '' : null)
    setAt(0)
    onPick(picked)
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) setText('')
      setAt(Math.max(0, Math.min(found.length - 1, active + (event.key === 'ArrowDown' ? 1 : -1))))
    } else if (event.key === 'Enter' && open) {
      event.preventDefault()
      pick(found[active])
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      event.stopPropagation()
      setText(null)
    }
  }

  return (
    <div className="field picker">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        role="combobox"
        aria-expanded={open && found.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found[active] ? `${id}-${active}` : undefined}
        value={text ?? value}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => setText('')}
        onBlur={() => setText(null)}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      {open && found.length > 0 ? (
        <div className="picker-list" role="listbox" id={`${id}-list`} aria-label={label}>
          {found.map((picked, position) => (
            <div
              key={`${picked.kind} ${picked.name}`}
              id={`${id}-${position}`}
              role="option"
              tabIndex={-1}
              aria-selected={position === active}
              onPointerDown={(event) => {
                event.preventDefault()
                pick(picked)
              }}
              onPointerMove={() => setAt(position)}
            >
              <KindIcon kind={picked.kind} size={14} />
              <span className="clip">{picked.name}</span>
              <span className="label push">{kinds[picked.kind].one}</span>
            </div>
          ))}
        </div>
      ) : null}
    </div>
  )
}
