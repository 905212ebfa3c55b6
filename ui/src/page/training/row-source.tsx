import type { HistoricalRequest, Value } from '../../api/contract.ts'
import { readCsv } from '../../format/csv.ts'
import { Input, Segmented, TextArea } from '../../part/field.tsx'
import { ObjectPicker } from '../../part/object-picker.tsx'
import { type Input as RowInput, readRows } from '../online/entity-input.ts'
import { readInputTime } from '../view/input-time.ts'
import './row-source.css'

export type RowMode = 'paste' | 'source' | 'sql'

export interface RowSource {
  readonly mode: RowMode
  readonly text: string
  readonly source: string
  readonly sql: string
  readonly start: string
  readonly end: string
}

type Asked = Pick<HistoricalRequest, 'rows' | 'sql' | 'source' | 'start' | 'end'>

const timestamp = 'event_timestamp'

function readTime(text: string): string | null {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text.trim()) ? text.trim() : `${text.trim().replace(' ', 'T')}Z`
  const time = new Date(zoned)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** Reads pasted rows: a first line of names, then one entity row a line; a time without a zone is UTC. */
export function readTrainingRows(
  text: string,
  inputs: readonly RowInput[],
): { readonly rows: readonly Readonly<Record<string, Value>>[] } | { readonly error: string } {
  const [head, ...lines] = readCsv(text)
  if (!head || lines.length === 0) return { error: 'a line of names and at least one row are needed' }
  const missing = [...inputs.map(({ name }) => name), timestamp].filter((name) => !head.includes(name))
  if (missing.length > 0) return { error: `the first line must name ${missing.join(' and ')}` }
  const typed = lines.map((line) => Object.fromEntries(head.map((name, at) => [name, line[at] ?? ''])))
  const { rows, errors } = readRows(typed, inputs)
  const [first] = errors
  if (first) return { error: `row ${Number(first[0].split(' ')[0]) + 1}, ${first[0].split(' ').slice(1).join(' ')}: ${first[1]}` }
  const out: Record<string, Value>[] = []
  for (const [position, row] of rows.entries()) {
    const time = readTime(typed[position]?.[timestamp] ?? '')
    if (time === null) return { error: `row ${position + 1}, ${timestamp}: a time such as 2026-11-24T10:00:00Z is needed` }
    out.push({ ...row, [timestamp]: time })
  }
  return { rows: out }
}

/** What of the form goes to the server; or what is wrong with it. */
export function askRows(from: RowSource, inputs: readonly RowInput[]): Asked | { readonly error: string } {
  const range = { start: readInputTime(from.start), end: readInputTime(from.end) }
  if (from.mode === 'source')
    return from.source === '' ? { error: 'a data source is needed' } : { rows: null, sql: null, source: from.source, ...range }
  if (from.mode === 'sql')
    return from.sql.trim() === '' ? { error: 'a SELECT is needed' } : { rows: null, sql: from.sql, source: null, ...range }
  const read = readTrainingRows(from.text, inputs)
  return 'error' in read ? read : { rows: read.rows, sql: null, source: null, ...range }
}

interface RowSourceFormProps {
  readonly project: string
  readonly inputs: readonly RowInput[]
  readonly value: RowSource
  readonly onChange: (value: RowSource) => void
  readonly error: string | null
  readonly sqlAllowed: boolean
}

/** Where the rows of a training set come from: pasted, a source's newest rows, or a SELECT. */
export function RowSourceForm({ project, inputs, value, onChange, error, sqlAllowed }: RowSourceFormProps) {
  const names = [...inputs.map(({ name }) => name), timestamp]
  const set = (change: Partial<RowSource>) => onChange({ ...value, ...change })
  return (
    <div className="stack tight">
      <div>
        <Segmented
          label="Where the rows come from"
          value={value.mode}
          onChange={(mode) => set({ mode: mode === 'sql' || mode === 'source' ? mode : 'paste' })}
          choices={[
            { value: 'source', name: 'A source' },
            { value: 'paste', name: 'Paste' },
            ...(sqlAllowed ? [{ value: 'sql', name: 'SQL' }] : []),
          ]}
        />
      </div>
      {value.mode === 'paste' ? (
        <TextArea
          label="Rows as CSV or from a sheet"
          rows={6}
          value={value.text}
          placeholder={`${names.join(',')}\n${inputs.map(({ type }) => (type === 'STRING' ? 'a' : '1001')).join(',')},2026-11-23T12:00:00Z`}
          error={error}
          onChange={(event) => set({ text: event.target.value })}
        />
      ) : value.mode === 'sql' ? (
        <TextArea
          label={`A SELECT of ${names.join(', ')}`}
          rows={6}
          value={value.sql}
          error={error}
          onChange={(event) => set({ sql: event.target.value })}
        />
      ) : (
        <ObjectPicker
          label="Data source"
          project={project}
          of={['dataSource']}
          value={value.source}
          placeholder="Find a source"
          onPick={({ name }) => set({ source: name })}
        />
      )}
      {value.mode === 'paste' ? null : (
        <div className="row-range">
          <Input label="From (UTC)" type="datetime-local" value={value.start} onChange={(event) => set({ start: event.target.value })} />
          <Input label="To (UTC)" type="datetime-local" value={value.end} onChange={(event) => set({ end: event.target.value })} />
        </div>
      )}
      {error && value.mode === 'source' ? <p className="field-error">{error}</p> : null}
    </div>
  )
}
