import type { DataSource } from '../../api/feast.ts'

/** What people call the type of a source: the class name knows more than the type, which is `CUSTOM_SOURCE` for PostgreSQL. */
export function sourceType({ type, dataSourceClassType }: DataSource): string {
  const className = dataSourceClassType
    ?.split('.')
    .at(-1)
    ?.replace(/Source$/, '')
  if (type === 'CUSTOM_SOURCE' && className) return className
  const words = (type ?? 'unknown').replace(/^(BATCH|STREAM)_/, '').replace(/_SOURCE$/, '')
  return words.slice(0, 1) + words.slice(1).toLowerCase().replaceAll('_', ' ')
}

interface TableOrQuery {
  readonly table: string
  readonly query: string
}

/** Feast stores the options of a PostgreSQL source as base64 of JSON. */
export function readOptions({ customOptions }: DataSource): TableOrQuery | null {
  if (!customOptions?.configuration) return null
  try {
    const bytes = Uint8Array.from(atob(customOptions.configuration), (char) => char.charCodeAt(0))
    const options: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof options !== 'object' || options === null) return null
    const table = 'table' in options && typeof options.table === 'string' ? options.table : ''
    const query = 'query' in options && typeof options.query === 'string' ? options.query : ''
    return { table, query }
  } catch {
    return null
  }
}

/** Where the rows come from, in one line. */
export function readFrom(source: DataSource): string | undefined {
  const options = readOptions(source)
  if (options) return options.table || options.query
  if (source.batchSource?.name) return source.batchSource.name
  return source.fileOptions?.uri ?? source.kafkaOptions?.topic ?? source.kinesisOptions?.streamName
}
