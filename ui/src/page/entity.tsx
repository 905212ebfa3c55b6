import type { Entity } from '../api/feast.ts'
import { formatType } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { CopyText } from '../part/copy.tsx'
import { Properties } from '../part/properties.tsx'
import type { PageProps } from '../route/routes.tsx'
import { ObjectPage, useObject } from './detail/object.tsx'
import { SimplePage } from './detail/simple-page.tsx'

/** An entity: its key, and the views that describe it. */
export function EntityPage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const query = useObject<Entity>(project, 'entity', name)
  return (
    <ObjectPage project={project} kind="entity" name={name} query={query}>
      {(entity) => {
        const { spec, meta } = entity
        return (
          <SimplePage
            project={project}
            kind="entity"
            name={name}
            tab={params.tab ?? ''}
            owner={spec.owner}
            tags={spec.tags}
            description={spec.description}
            object={entity}
          >
            <Properties
              rows={[
                {
                  name: 'Join key',
                  value: (
                    <span className="row">
                      <code>{spec.joinKey ?? name}</code>
                      <CopyText text={spec.joinKey ?? name} label="Copy the join key" />
                    </span>
                  ),
                },
                { name: 'Type', value: <span className="mono">{formatType(spec.valueType)}</span> },
                { name: 'Created', value: <Age time={meta?.createdTimestamp} /> },
                { name: 'Updated', value: <Age time={meta?.lastUpdatedTimestamp} /> },
              ]}
            />
          </SimplePage>
        )
      }}
    </ObjectPage>
  )
}
