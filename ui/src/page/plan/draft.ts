import { useSyncExternalStore } from 'react'
import type { Change } from '../../api/contract.ts'
import { setLeaveGuard } from '../../route/router.ts'

/** Changes that were made in the pages and not yet applied: kept while the page lives, one list a project. */

const drafts = new Map<string, readonly Change[]>()
const listeners = new Set<() => void>()
const none: readonly Change[] = []

function isUnsaved(): boolean {
  return [...drafts.values()].some((changes) => changes.length > 0)
}

function set(project: string, changes: readonly Change[]): void {
  drafts.set(project, changes)
  window.onbeforeunload = isUnsaved() ? (event) => event.preventDefault() : null
  for (const listener of listeners) listener()
}

export function keyOf({ kind, name }: Pick<Change, 'kind' | 'name'>): string {
  return `${kind}:${name}`
}

/** Adds a change; one to the same object takes its place. */
export function addChange(project: string, change: Change): void {
  const rest = (drafts.get(project) ?? none).filter((other) => keyOf(other) !== keyOf(change))
  set(project, [...rest, change])
}

export function removeChange(project: string, key: string): void {
  set(
    project,
    (drafts.get(project) ?? none).filter((change) => keyOf(change) !== key),
  )
}

export function clearDraft(project: string): void {
  set(project, none)
}

export function useDraft(project: string): readonly Change[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => drafts.get(project) ?? none,
  )
}

/** Holds the reader back while a form is half filled in. */
export function guardForm(dirty: boolean): void {
  setLeaveGuard(dirty ? () => window.confirm('Leave without keeping what you typed?') : null)
}
