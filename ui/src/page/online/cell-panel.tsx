import { CircleCheck, CircleHelp, CircleX, Clock } from 'lucide-react'
import type { OnlineCell, ValueColumn } from '../../api/contract.ts'
import { formatValue } from '../../format/value.ts'
import { Age } from '../../part/age.tsx'
import { Dialog } from '../../part/dialog.tsx'
import { StatusWord, Word } from '../../part/health.tsx'
import { Properties, Section } from '../../part/properties.tsx'
import { reasons } from './reason.ts'

const icons = { ok: CircleCheck, warn: Clock, bad: CircleX, idle: CircleHelp } as const

interface CellPanelProps {
  readonly column: ValueColumn
  readonly cell: OnlineCell
  readonly onClose: () => void
}

/** Everything known of one value that was looked up, and why the offline store says otherwise. */
export function CellPanel({ column, cell, onClose }: CellPanelProps) {
  const { twin } = cell
  const reason = twin === null ? null : reasons[twin.reason]
  return (
    <Dialog look="panel" title={column.ref ?? column.name} onClose={onClose}>
      <Section title="Online">
        <Properties
          rows={[
            { name: 'Value', value: <code>{formatValue(cell.value, column.type)}</code> },
            { name: 'Status', value: <StatusWord status={cell.status} /> },
            { name: 'Event time', value: cell.eventTime === null ? 'none' : <Age time={cell.eventTime} /> },
            { name: 'Type', value: <span className="mono">{column.type.toLowerCase()}</span> },
          ]}
        />
      </Section>
      {twin === null || reason === null ? (
        <p className="quiet">Look up with the offline value beside it to see whether the two agree.</p>
      ) : (
        <>
          <Section title="Offline">
            <Properties
              rows={[
                { name: 'Value', value: <code>{formatValue(twin.value, column.type)}</code> },
                {
                  name: 'Event time',
                  value: twin.eventTime === null ? twin.value === null ? 'none' : 'not known' : <Age time={twin.eventTime} />,
                },
              ]}
            />
          </Section>
          <Section title="Why">
            <div className="stack tight">
              <Word tone={reason.tone} icon={icons[reason.tone]}>
                {reason.title}
              </Word>
              <p>{reason.sentence(twin, cell)}</p>
            </div>
          </Section>
        </>
      )}
    </Dialog>
  )
}
