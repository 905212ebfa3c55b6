import type { FeatureView } from '../api/feast.ts'
import { formatSpan, parseDuration } from '../format/time.ts'
import { formatType } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Link } from '../route/link.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { ObjectPage, useObject } from './detail/object.tsx'
import { SimplePage } from './detail/simple-page.tsx'
import { policyWords } from './label-view-list.tsx'

/** A label view: what is labelled, by whom, and what counts when two disagree. */
export function LabelViewPage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const query = useObject<FeatureView>(project, 'labelView', name)
  return (
    <ObjectPage project={project} kind="labelView" name={name} query={query}>
      {(view) => {
        const { spec, meta } = view
        return (
          <SimplePage
            project={project}
            kind="labelView"
            name={name}
            tab={params.tab ?? ''}
            owner={spec.owner}
            tags={spec.tags}
            description={spec.description}
            object={view}
          >
            <Section title="Labels">
              <Properties
                rows={(spec.features ?? []).map((field) => ({
                  name: field.name,
                  value: <span className="mono">{formatType(field.valueType)}</span>,
                }))}
              />
            </Section>
            <Section title="Rules">
              <Properties
                rows={[
                  { name: 'Entities', value: spec.entities?.join(', ') },
                  { name: 'On conflict', value: policyWords(spec.conflictPolicy) },
                  { name: 'Labeler field', value: spec.labelerField ? <code>{spec.labelerField}</code> : null },
                  { name: 'Time to live', value: parseDuration(spec.ttl) === null ? 'no limit' : formatSpan(parseDuration(spec.ttl), 2) },
                  { name: 'Served online', value: spec.online ? 'yes' : 'no' },
                  {
                    name: 'Source',
                    value: spec.source?.name ? (
                      <Link to={objectPath(project, 'dataSource', spec.source.name)}>{spec.source.name}</Link>
                    ) : null,
                  },
                  {
                    name: 'Labels of',
                    value: spec.referenceFeatureView ? (
                      <Link to={objectPath(project, 'featureView', spec.referenceFeatureView)}>{spec.referenceFeatureView}</Link>
                    ) : null,
                  },
                  { name: 'Updated', value: <Age time={meta?.lastUpdatedTimestamp} /> },
                ]}
              />
            </Section>
          </SimplePage>
        )
      }}
    </ObjectPage>
  )
}
