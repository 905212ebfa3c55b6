import type { Candidate, RowExplanation, ValueColumn } from '../../api/contract.ts'
import { WhyTimeLine } from '../../chart/time-line.tsx'
import { formatSpan } from '../../format/time.ts'
import { formatStamp, formatValue } from '../../format/value.ts'
import { Dialog } from '../../part/dialog.tsx'
import { Properties, Section } from '../../part/properties.tsx'
import './why-panel.css'

const verdicts: Readonly<Record<Candidate['verdict'], string>> = {
  chosen: 'chosen',
  superseded: 'older',
  earlier_created: 'written earlier',
  expired: 'beyond the TTL',
  future: 'in the future',
}

function rule({ asOf, windowStart, candidates }: RowExplanation): string {
  const chosen = candidates.find(({ verdict }) => verdict === 'chosen')
  const limit = windowStart === null ? '' : ` and not before ${formatStamp(windowStart)}`
  if (!chosen) return `No row is at or before ${formatStamp(asOf)}${limit}, so the value is null.`
  const age = formatSpan((Date.parse(asOf) - Date.parse(chosen.eventTime)) / 1000, 2)
  return `The newest row at or before ${formatStamp(asOf)}${limit}: it was ${age} old at that time.`
}

interface WhyPanelProps {
  readonly column: ValueColumn
  readonly explanation: RowExplanation | null
  readonly onClose: () => void
}

/** Why this value: the rows that could have been taken, on a line of time, and the rule that chose one. */
export function WhyPanel({ column, explanation, onClose }: WhyPanelProps) {
  const feature = column.ref?.split(':').slice(1).join(':') ?? column.name
  return (
    <Dialog look="panel" title={column.ref ?? column.name} onClose={onClose}>
      {explanation === null ? (
        <p className="quiet">This value is computed on demand from the others of its row, so there are no source rows to choose from.</p>
      ) : (
        <>
          <p>{rule(explanation)}</p>
          <WhyTimeLine explanation={explanation} />
          <Section title="Candidate rows">
            <Candidates explanation={explanation} feature={feature} type={column.type} />
          </Section>
          <Properties
            rows={Object.entries(explanation.entity).map(([name, value]) => ({ name, value: <code>{formatValue(value)}</code> }))}
          />
        </>
      )}
    </Dialog>
  )
}

function Candidates({
  explanation,
  feature,
  type,
}: {
  readonly explanation: RowExplanation
  readonly feature: string
  readonly type: string
}) {
  const { candidates, olderNotSent, newerNotSent } = explanation
  if (candidates.length === 0) return <p className="quiet">The source has no rows for this entity.</p>
  return (
    <>
      <table className="candidates">
        <thead>
          <tr>
            <th scope="col">Event time (UTC)</th>
            <th scope="col">Value</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {candidates.toReversed().map(({ eventTime, created, verdict, values }) => (
            <tr key={`${eventTime} ${created ?? ''}`} className={verdict}>
              <td className="num" title={created === null ? undefined : `created ${created}`}>
                {formatStamp(eventTime)}
              </td>
              <td className="num">{formatValue(values[feature] ?? null, type)}</td>
              <td>{verdicts[verdict]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {olderNotSent + newerNotSent > 0 ? (
        <p className="label">
          {[newerNotSent > 0 ? `${newerNotSent} later` : '', olderNotSent > 0 ? `${olderNotSent} earlier` : '']
            .filter(Boolean)
            .join(' and ')}{' '}
          rows are not shown.
        </p>
      ) : null}
    </>
  )
}
