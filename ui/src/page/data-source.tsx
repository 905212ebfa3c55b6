import type { DataSource } from '../api/feast.ts'
import { formatType } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { Code } from '../part/code.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Link } from '../route/link.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { ObjectPage, useObject } from './detail/object.tsx'
import { SimplePage } from './detail/simple-page.tsx'
import { readOptions, sourceType } from './source/source.ts'

/** A data source: which table or stream, which columns are times, who reads it. */
export function DataSourcePage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const query = useObject<DataSource>(project, 'dataSource', name)
  return (
    <ObjectPage project={project} kind="dataSource" name={name} query={query}>
      {(source) => {
        const options = readOptions(source)
        const schema = source.requestDataOptions?.schema ?? []
        return (
          <SimplePage
            project={project}
            kind="dataSource"
            name={name}
            tab={params.tab ?? ''}
            owner={source.owner}
            tags={source.tags}
            description={source.description}
            object={source}
          >
            <Properties
              rows={[
                { name: 'Type', value: sourceType(source) },
                { name: 'Table', value: options?.table ? <code>{options.table}</code> : null },
                { name: 'File', value: source.fileOptions?.uri ? <code>{source.fileOptions.uri}</code> : null },
                { name: 'Topic', value: source.kafkaOptions?.topic ? <code>{source.kafkaOptions.topic}</code> : null },
                {
                  name: 'Brokers',
                  value: source.kafkaOptions?.kafkaBootstrapServers ? <code>{source.kafkaOptions.kafkaBootstrapServers}</code> : null,
                },
                { name: 'Stream', value: source.kinesisOptions?.streamName ? <code>{source.kinesisOptions.streamName}</code> : null },
                { name: 'Event time', value: source.timestampField ? <code>{source.timestampField}</code> : null },
                { name: 'Created time', value: source.createdTimestampColumn ? <code>{source.createdTimestampColumn}</code> : null },
                {
                  name: 'History in',
                  value: source.batchSource?.name ? (
                    <Link to={objectPath(project, 'dataSource', source.batchSource.name)}>{source.batchSource.name}</Link>
                  ) : null,
                },
                { name: 'Updated', value: <Age time={source.meta?.lastUpdatedTimestamp} /> },
              ]}
            />
            {options?.query ? (
              <Section title="Query">
                <Code text={options.query} language="sql" />
              </Section>
            ) : null}
            {schema.length > 0 ? (
              <Section title="Given with each request">
                <Properties
                  rows={schema.map((field) => ({ name: field.name, value: <span className="mono">{formatType(field.valueType)}</span> }))}
                />
              </Section>
            ) : null}
            {source.fieldMapping && Object.keys(source.fieldMapping).length > 0 ? (
              <Section title="Columns renamed">
                <Properties
                  rows={Object.entries(source.fieldMapping).map(([column, renamed]) => ({ name: column, value: <code>{renamed}</code> }))}
                />
              </Section>
            ) : null}
          </SimplePage>
        )
      }}
    </ObjectPage>
  )
}
