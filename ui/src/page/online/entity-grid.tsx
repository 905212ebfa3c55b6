import { Plus, X } from 'lucide-react'
import type { ClipboardEvent } from 'react'
import { formatType } from '../../format/value.ts'
import { Button, IconButton } from '../../part/button.tsx'
import { type Input, readPasted, type TypedRow } from './entity-input.ts'
import './entity-grid.css'

interface EntityGridProps {
  readonly inputs: readonly Input[]
  readonly rows: readonly TypedRow[]
  readonly errors: ReadonlyMap<string, string>
  readonly onRows: (rows: readonly TypedRow[]) => void
  readonly most: number
}

/** The rows to look up, typed by join key; a table pasted from a sheet fills it. */
export function EntityGrid({ inputs, rows, errors, onRows, most }: EntityGridProps) {
  function change(position: number, name: string, value: string) {
    onRows(rows.map((row, at) => (at === position ? { ...row, [name]: value } : row)))
  }

  function paste(event: ClipboardEvent, position: number, column: number) {
    const pasted = readPasted(event.clipboardData.getData('text'), inputs, column)
    if (pasted === null) return
    event.preventDefault()
    const merged = pasted.map((row, at) => ({ ...rows[position + at], ...row }))
    onRows([...rows.slice(0, position), ...merged, ...rows.slice(position + pasted.length)].slice(0, most))
  }

  return (
    <div className="entity-grid">
      <table aria-label="Rows to look up">
        <thead>
          <tr>
            {inputs.map(({ name, type, role }) => (
              <th key={name} scope="col">
                {name}
                <span className="mono">{role === 'request' ? `${formatType(type)}, with the request` : formatType(type)}</span>
              </th>
            ))}
            <th className="remove">
              <span className="hidden">Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows being typed have no name
            <tr key={position}>
              {inputs.map(({ name }, column) => {
                const error = errors.get(`${position} ${name}`)
                return (
                  <td key={name}>
                    <input
                      aria-label={`${name}, row ${position + 1}`}
                      aria-invalid={error ? true : undefined}
                      title={error}
                      value={row[name] ?? ''}
                      spellCheck={false}
                      autoComplete="off"
                      onChange={(event) => change(position, name, event.target.value)}
                      onPaste={(event) => paste(event, position, column)}
                    />
                  </td>
                )
              })}
              <td className="remove">
                <IconButton
                  icon={X}
                  label={`Remove row ${position + 1}`}
                  disabled={rows.length === 1}
                  onClick={() => onRows(rows.filter((_, at) => at !== position))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button look="quiet" icon={Plus} disabled={rows.length >= most} onClick={() => onRows([...rows, {}])}>
        Add a row
      </Button>
    </div>
  )
}
