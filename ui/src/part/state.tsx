import { CircleAlert, CircleOff, Lock, RotateCw, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiFailure } from '../api/client.ts'
import type { Switch } from '../api/contract.ts'
import { Button } from './button.tsx'
import { Code } from './code.tsx'
import { CopyText } from './copy.tsx'
import { Icon } from './icon.tsx'
import './state.css'

/** The named states of a page or a part of it. Each says what it is and what to do. */

interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
  /** At most a few lines that make the first one. */
  readonly code?: string
  readonly language?: 'python' | 'typescript' | 'bash'
}

/** Nothing there because nothing was made yet: teaches how to make it. */
export function Empty({ title, children, code, language = 'python' }: EmptyProps) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children ? <p className="quiet">{children}</p> : null}
      {code ? <Code text={code} language={language} /> : null}
    </div>
  )
}

/** Nothing there because of the filter. */
export function EmptyFiltered({ what, filter, onClear }: { readonly what: string; readonly filter: string; readonly onClear: () => void }) {
  return (
    <div className="state">
      <h2>
        <Icon of={SearchX} size={20} /> No {what} match
      </h2>
      <p className="quiet">
        The filter is <code>{filter}</code>.
      </p>
      <Button onClick={onClear}>Clear the filter</Button>
    </div>
  )
}

function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error
  return new ApiFailure(0, window.location.pathname, { detail: error instanceof Error ? error.message : String(error) }, null)
}

/** A request failed: what, where, why, and the id to give to whoever runs the server. */
export function Failure({ error, onRetry, what }: { readonly error: unknown; readonly onRetry?: () => void; readonly what?: string }) {
  const failure = asFailure(error)
  if (failure.status === 403) return <Forbidden failure={failure} />
  return (
    <div className="state" role="alert">
      <h2 className="bad">
        <Icon of={CircleAlert} size={20} /> {failure.status === 404 ? 'Not found' : `Cannot show ${what ?? 'this'}`}
      </h2>
      <p>{failure.message}</p>
      <dl className="facts">
        <Fact name="Path" value={failure.path} />
        {failure.status > 0 ? <Fact name="Status" value={String(failure.status)} /> : null}
        {failure.code ? <Fact name="Code" value={failure.code} /> : null}
        {failure.requestId ? <Fact name="Request" value={failure.requestId} copy /> : null}
      </dl>
      {onRetry ? (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  )
}

function Fact({ name, value, copy = false }: { readonly name: string; readonly value: string; readonly copy?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">
        {value}
        {copy ? <CopyText text={value} label={`Copy the ${name.toLowerCase()} id`} /> : null}
      </dd>
    </div>
  )
}

/** The server will not show it to this reader. */
function Forbidden({ failure }: { readonly failure: ApiFailure }) {
  return (
    <div className="state">
      <h2>
        <Icon of={Lock} size={20} /> You cannot see this
      </h2>
      <p>{failure.message}</p>
      {failure.body.needed_role ? (
        <p className="quiet">
          The role <code>{failure.body.needed_role}</code> is needed.
        </p>
      ) : null}
    </div>
  )
}

/** A feature that the server does not offer, at its own address. */
export function SwitchedOff({ what, by }: { readonly what: string; readonly by: Switch }) {
  if (by.state === 'on') return null
  return (
    <div className="state">
      <h2>
        <Icon of={by.state === 'forbidden' ? Lock : CircleOff} size={20} /> {what} {by.state === 'forbidden' ? 'is not for you' : 'is off'}
      </h2>
      <p className="quiet">{by.reason}</p>
      {by.state === 'not_configured' && by.setting ? <Code text={by.setting} language="bash" /> : null}
      {by.state === 'forbidden' && by.role ? (
        <p>
          The role <code>{by.role}</code> is needed.
        </p>
      ) : null}
    </div>
  )
}

/** The final shape while loading; shown after 150 ms only. */
export function Skeleton({ rows = 8, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div className="bone" key={`bone-${String(row)}`} />
      ))}
    </div>
  )
}
