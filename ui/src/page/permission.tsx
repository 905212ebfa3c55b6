import type { Permission } from '../api/feast.ts'
import { isOn, useHost } from '../api/query.ts'
import { Age } from '../part/age.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Tags } from '../part/tag.tsx'
import type { PageProps } from '../route/routes.tsx'
import { DefinitionTab } from './detail/definition.tsx'
import { crumbsOf, ObjectPage, useObject } from './detail/object.tsx'
import { PermissionExplainer } from './permission/explainer.tsx'
import { enumWords, policyText } from './permission-list.tsx'

/** A permission in words, and the explainer: may this user do that? */
export function PermissionPage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const explain = isOn(useHost().switches.permissions)
  const query = useObject<Permission>(project, 'permission', name)
  return (
    <ObjectPage project={project} kind="permission" name={name} query={query}>
      {(permission) => {
        const { spec, meta } = permission
        return (
          <>
            <PageHead name={name} kind="permission" copy crumbs={crumbsOf(project, 'permission', name)} tags={spec.tags} />
            <Properties
              rows={[
                { name: 'Who', value: policyText(permission) },
                { name: 'May', value: enumWords(spec.actions) },
                { name: 'On', value: enumWords(spec.types) },
                { name: 'Named', value: spec.namePatterns?.length ? <code>{spec.namePatterns.join(' | ')}</code> : 'anything' },
                {
                  name: 'With the tags',
                  value: spec.requiredTags && Object.keys(spec.requiredTags).length > 0 ? <Tags tags={spec.requiredTags} /> : null,
                },
                { name: 'Updated', value: <Age time={meta?.lastUpdatedTimestamp} /> },
              ]}
            />
            {explain ? <PermissionExplainer project={project} /> : null}
            <Section title="Definition">
              <DefinitionTab object={permission} />
            </Section>
          </>
        )
      }}
    </ObjectPage>
  )
}
