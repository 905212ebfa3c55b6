import { Equal, EqualNot } from 'lucide-react'
import { useState } from 'react'
import type { OnlineAnswer, OnlineCell, ReasonCode, ValueColumn } from '../../api/contract.ts'
import { formatMilliseconds, formatPlural } from '../../format/number.ts'
import { formatValue } from '../../format/value.ts'
import { Icon } from '../../part/icon.tsx'
import { ValueTable } from '../../part/value-table.tsx'
import { CellPanel } from './cell-panel.tsx'
import { reasons } from './reason.ts'
import './result.css'

/** Reasons with which both stores say the same, or one may not be asked. */
const agreeing: ReadonlySet<ReasonCode> = new Set(['equal', 'type_coerced', 'entity_unknown', 'no_permission'])

/** What was looked up: a value a cell, what is wrong with it beside it; a click tells the rest. */
export function OnlineResult({ answer }: { readonly answer: OnlineAnswer }) {
  const [open, setOpen] = useState<{ readonly column: ValueColumn; readonly cell: OnlineCell } | null>(null)
  const differing = answer.rows.flat().filter(({ twin }) => twin !== null && !agreeing.has(twin.reason)).length
  const compared = answer.rows.flat().some(({ twin }) => twin !== null)
  return (
    <div className="stack">
      <ValueTable
        label="Values"
        columns={answer.columns}
        rows={answer.rows}
        cell={(cell, column) =>
          column.role === 'feature' ? (
            <button type="button" className="value" onClick={() => setOpen({ column, cell })} title="Why this value">
              <CellText cell={cell} column={column} />
            </button>
          ) : (
            formatValue(cell.value, column.type)
          )
        }
      />
      {compared ? (
        <p className="label">
          {differing === 0
            ? 'Online and offline agree.'
            : `${formatPlural(differing, 'value')} differ from the offline store; click one to see why.`}
        </p>
      ) : null}
      <LatencySplit milliseconds={answer.milliseconds} />
      {open ? <CellPanel {...open} onClose={() => setOpen(null)} /> : null}
    </div>
  )
}

const statusWords = { NOT_FOUND: 'not found', OUTSIDE_MAX_AGE: 'expired', NULL_VALUE: 'null' } as const

function CellText({ cell, column }: { readonly cell: OnlineCell; readonly column: ValueColumn }) {
  const { twin } = cell
  const same = twin !== null && agreeing.has(twin.reason)
  return (
    <span className="online-cell">
      {twin === null || twin.reason === 'entity_unknown' || twin.reason === 'no_permission' ? null : (
        <span className={same ? 'agrees' : 'differs'} title={reasons[twin.reason].title}>
          <Icon of={same ? Equal : EqualNot} size={12} />
          <span className="hidden">{reasons[twin.reason].title}: </span>
        </span>
      )}
      {cell.status === 'PRESENT' ? (
        formatValue(cell.value, column.type)
      ) : (
        <span className={`status ${cell.status.toLowerCase()}`}>{statusWords[cell.status]}</span>
      )}
    </span>
  )
}

const parts = ['parse', 'store', 'transform', 'encode'] as const

/** Where the time went. */
function LatencySplit({ milliseconds }: { readonly milliseconds: OnlineAnswer['milliseconds'] }) {
  const sum = Math.max(0.001, ...[parts.reduce((total, part) => total + milliseconds[part], 0)])
  let x = 0
  return (
    <figure className="latency">
      <svg width="100%" height={8} aria-hidden="true">
        {parts.map((part) => {
          const share = (milliseconds[part] / sum) * 100
          const start = x
          x += share
          return <rect key={part} className={`latency-${part}`} x={`${start}%`} width={`${Math.max(0, share - 0.3)}%`} height={8} />
        })}
      </svg>
      <figcaption className="label num">
        <strong>{formatMilliseconds(milliseconds.total)}</strong> on the server:{' '}
        {parts.map((part) => (
          <span key={part} className="row">
            <svg width={8} height={8} aria-hidden="true">
              <rect className={`latency-${part}`} width={8} height={8} rx={2} />
            </svg>
            {part} {formatMilliseconds(milliseconds[part])}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
