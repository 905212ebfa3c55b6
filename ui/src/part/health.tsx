import { Ban, CircleAlert, CircleCheck, CircleDashed, CirclePause, CircleX, Clock, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { FreshnessState, OnlineStatus, RunState } from '../api/contract.ts'
import { Icon } from './icon.tsx'
import './health.css'

export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'accent'

interface Health {
  readonly word: string
  readonly tone: Tone
  readonly icon: LucideIcon
}

const freshness: Readonly<Record<FreshnessState, Health>> = {
  fresh: { word: 'Fresh', tone: 'ok', icon: CircleCheck },
  ageing: { word: 'Ageing', tone: 'warn', icon: Clock },
  late: { word: 'Late', tone: 'bad', icon: CircleAlert },
  never: { word: 'Never materialized', tone: 'idle', icon: CircleDashed },
  unknown: { word: 'Unknown', tone: 'idle', icon: CircleDashed },
}

const runs: Readonly<Record<RunState, Health>> = {
  queued: { word: 'Queued', tone: 'idle', icon: CirclePause },
  running: { word: 'Running', tone: 'accent', icon: LoaderCircle },
  cancelling: { word: 'Cancelling', tone: 'warn', icon: LoaderCircle },
  succeeded: { word: 'Succeeded', tone: 'ok', icon: CircleCheck },
  failed: { word: 'Failed', tone: 'bad', icon: CircleX },
  cancelled: { word: 'Cancelled', tone: 'idle', icon: Ban },
  lost: { word: 'Lost', tone: 'bad', icon: CircleAlert },
}

const statuses: Readonly<Record<OnlineStatus, Health>> = {
  PRESENT: { word: 'Present', tone: 'ok', icon: CircleCheck },
  NULL_VALUE: { word: 'Null', tone: 'idle', icon: CircleDashed },
  NOT_FOUND: { word: 'Not found', tone: 'bad', icon: CircleX },
  OUTSIDE_MAX_AGE: { word: 'Expired', tone: 'warn', icon: Clock },
}

/** A word with its icon and colour: the colour alone never means anything. */
export function Word({ tone, icon, children }: { readonly tone: Tone; readonly icon: LucideIcon; readonly children: string }) {
  return (
    <span className={`health ${tone}`}>
      <Icon of={icon} size={14} />
      {children}
    </span>
  )
}

export function FreshnessWord({ state, brief = false }: { readonly state: FreshnessState; readonly brief?: boolean }) {
  const { word, tone, icon } = freshness[state]
  return (
    <Word tone={tone} icon={icon}>
      {brief && state === 'never' ? 'Never' : word}
    </Word>
  )
}

export function RunWord({ state }: { readonly state: RunState }) {
  const { word, tone, icon } = runs[state]
  return (
    <Word tone={tone} icon={icon}>
      {word}
    </Word>
  )
}

export function StatusWord({ status }: { readonly status: OnlineStatus }) {
  const { word, tone, icon } = statuses[status]
  return (
    <Word tone={tone} icon={icon}>
      {word}
    </Word>
  )
}

export function freshnessTone(state: FreshnessState): Tone {
  return freshness[state].tone
}

export function freshnessName(state: FreshnessState): string {
  return freshness[state].word
}
