import type { Column } from '../definition/batch.ts'
import type { OnDemandFeatureView, Transform } from '../definition/on-demand-feature-view.ts'
import { storeError } from '../errors.ts'

/** Values by input name: one a row. */
export type InputColumns = Readonly<Record<string, ArrayLike<unknown>>>

type Runnable = Exclude<Transform, { readonly mode: 'stored' }>

const byRow = (view: OnDemandFeatureView, run: Extract<Runnable, { mode: 'row' }>['run'], inputs: InputColumns, rows: number): Column[] => {
  const names = Object.keys(inputs)
  const columns = view.fields.map(({ name, type }) => ({ name, type, values: new Array<unknown>(rows).fill(null) }))
  for (let row = 0; row < rows; row++) {
    const record: Record<string, unknown> = {}
    for (const name of names) record[name] = inputs[name]?.[row] ?? null
    const result = attempt(view, `row ${row}`, () => run(record))
    for (const column of columns) {
      const value = result[column.name]
      if (value === undefined) throw failed(view, `row ${row}`, `it gave no "${column.name}"`)
      column.values[row] = value
    }
  }
  return columns
}

const byColumn = (
  view: OnDemandFeatureView,
  run: Extract<Runnable, { mode: 'column' }>['run'],
  inputs: InputColumns,
  rows: number,
): Column[] => {
  const result = attempt(view, `${rows} rows`, () => run(inputs, rows))
  return view.fields.map(({ name, type }) => {
    const values = result[name]
    if (values === undefined) throw failed(view, `${rows} rows`, `it gave no column "${name}"`)
    if (values.length !== rows) throw failed(view, `${rows} rows`, `column "${name}" has ${values.length} values`)
    return { name, type, values }
  })
}

const failed = (view: OnDemandFeatureView, where: string, why: string, cause?: unknown) =>
  storeError('STORE_TRANSFORM_FAILED', [view.name, where, why], cause === undefined ? undefined : { cause })

const attempt = <T>(view: OnDemandFeatureView, where: string, run: () => T): T => {
  try {
    return run()
  } catch (cause) {
    throw failed(view, where, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/**
 * Computes the features of an on-demand view. `inputs` holds, by name, what its sources give: features (null where absent) and request
 * fields.
 *
 * @throws STORE_TRANSFORM_FAILED when the function throws, or leaves out a feature or a row
 * @throws STORE_TRANSFORM_NOT_OURS for a view whose code the registry keeps for Python
 *
 * @example
 * runOnDemand(fare, { distance_km: [7.5], conv_rate: [0.4] }, 1) // [{ name: 'expected_fare', type: float64, values: [12.5] }]
 */
export const runOnDemand = (view: OnDemandFeatureView, inputs: InputColumns, rows: number): readonly Column[] => {
  const { transform } = view
  if (transform.mode === 'stored') throw storeError('STORE_TRANSFORM_NOT_OURS', [view.name])
  return transform.mode === 'row' ? byRow(view, transform.run, inputs, rows) : byColumn(view, transform.run, inputs, rows)
}
