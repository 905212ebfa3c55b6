import type { SavedDataset } from '../api/feast.ts'
import { formatStamp } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { Code } from '../part/code.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Link } from '../route/link.tsx'
import { featurePath, objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { ObjectPage, useObject } from './detail/object.tsx'
import { SimplePage } from './detail/simple-page.tsx'
import { quotePython } from './snippet/quote.ts'

/** A saved dataset: what was kept of a retrieval, and how to load it again. */
export function DatasetPage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const query = useObject<SavedDataset>(project, 'savedDataset', name)
  return (
    <ObjectPage project={project} kind="savedDataset" name={name} query={query}>
      {(dataset) => {
        const { spec, meta } = dataset
        return (
          <SimplePage
            project={project}
            kind="savedDataset"
            name={name}
            tab={params.tab ?? ''}
            owner={spec.owner}
            tags={spec.tags}
            description={spec.description}
            object={dataset}
            more={[
              {
                route: 'use',
                name: 'Use it',
                content: (
                  <Code
                    language="python"
                    text={`from feast import FeatureStore\n\ndataset = FeatureStore().get_saved_dataset(${quotePython(name)})\nframe = dataset.to_df()`}
                  />
                ),
              },
            ]}
          >
            <Properties
              rows={[
                {
                  name: 'Service',
                  value: spec.featureServiceName ? (
                    <Link to={objectPath(project, 'featureService', spec.featureServiceName)}>{spec.featureServiceName}</Link>
                  ) : null,
                },
                { name: 'Join keys', value: spec.joinKeys?.length ? <code>{spec.joinKeys.join(', ')}</code> : null },
                { name: 'Names', value: spec.fullFeatureNames ? 'view__feature' : 'feature' },
                { name: 'From', value: meta?.minEventTimestamp ? formatStamp(meta.minEventTimestamp) : null },
                { name: 'To', value: meta?.maxEventTimestamp ? formatStamp(meta.maxEventTimestamp) : null },
                { name: 'Created', value: <Age time={meta?.createdTimestamp} /> },
              ]}
            />
            <Section title="Features">
              <ul className="related">
                {(spec.features ?? []).map((ref) => (
                  <li key={ref}>
                    <Link to={featurePath(project, ref.split(':')[0] ?? '', ref.split(':').slice(1).join(':'))} className="mono">
                      {ref}
                    </Link>
                  </li>
                ))}
              </ul>
            </Section>
            {spec.storage ? (
              <Section title="Storage">
                <Code language="json" text={JSON.stringify(spec.storage, null, 2)} />
              </Section>
            ) : null}
          </SimplePage>
        )
      }}
    </ObjectPage>
  )
}
