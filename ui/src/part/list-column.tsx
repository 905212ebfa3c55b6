import type { Kind } from '../api/contract.ts'
import type { Tags as TagMap } from '../api/feast.ts'
import { formatCount } from '../format/number.ts'
import { Age } from './age.tsx'
import type { ListColumn } from './list-export.ts'
import { NameCell } from './name-cell.tsx'
import type { Screen } from './screen.ts'
import { Tags } from './tag.tsx'

/** The columns that most lists have. */

interface Place {
  readonly kind: Kind
  readonly name: string
  readonly to: string
  /** The project, in lists across projects. */
  readonly note?: string | undefined
}

export function nameColumn<Row>(place: (row: Row) => Place): ListColumn<Row> {
  return {
    id: 'name',
    head: 'Name',
    width: 'name',
    sort: 'name',
    text: (row) => place(row).name,
    cell: (row) => <NameCell {...place(row)} />,
  }
}

interface TextColumn<Row> {
  readonly id: string
  readonly head: string
  readonly width: ListColumn<Row>['width']
  readonly sort?: string
  readonly from?: Screen
  readonly mono?: boolean
  readonly text: (row: Row) => string | undefined
}

export function textColumn<Row>({ text, mono = false, ...rest }: TextColumn<Row>): ListColumn<Row> {
  return {
    ...rest,
    text: (row) => text(row) ?? '',
    cell: (row) => {
      const value = text(row)
      return value ? (
        <span className={mono ? 'mono' : undefined} title={value}>
          {value}
        </span>
      ) : (
        <span className="quiet">–</span>
      )
    },
  }
}

interface CountColumn<Row> {
  readonly id: string
  readonly head: string
  readonly sort?: string
  readonly from?: Screen
  readonly count: (row: Row) => number | null | undefined
}

export function countColumn<Row>({ count, ...rest }: CountColumn<Row>): ListColumn<Row> {
  return { ...rest, width: 'xs', right: true, text: (row) => String(count(row) ?? ''), cell: (row) => formatCount(count(row)) }
}

export function tagsColumn<Row>(tags: (row: Row) => TagMap | undefined, from: Screen = 'medium'): ListColumn<Row> {
  return {
    id: 'tags',
    head: 'Tags',
    width: 'l',
    from,
    text: (row) =>
      Object.entries(tags(row) ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    cell: (row) => <Tags tags={tags(row)} most={2} />,
  }
}

export function updatedColumn<Row>(time: (row: Row) => string | undefined, sort = 'meta.lastUpdatedTimestamp'): ListColumn<Row> {
  return {
    id: 'updated',
    head: 'Updated',
    width: 'xs',
    right: true,
    from: 'medium',
    sort,
    text: (row) => time(row) ?? '',
    cell: (row) => <Age time={time(row)} bare />,
  }
}
