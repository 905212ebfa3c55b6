import type { FeatureView } from '../../api/feast.ts'
import { formatType } from '../../format/value.ts'
import { Code } from '../../part/code.tsx'
import { Properties, Section } from '../../part/properties.tsx'
import { Chip } from '../../part/tag.tsx'
import { Link } from '../../route/link.tsx'
import { objectPath } from '../../route/path.ts'

/** What computes the features: the stored code (shown, never run) and what goes into it. */
export function TransformationTab({ view, project }: { readonly view: FeatureView; readonly project: string }) {
  const { spec } = view
  const udf = spec.featureTransformation?.userDefinedFunction ?? spec.userDefinedFunction
  const sources = Object.entries(spec.sources ?? {})
  return (
    <div className="stack wide">
      <Section title="Code" side={<Chip>{spec.mode ?? udf?.mode ?? 'pandas'}</Chip>}>
        {udf?.bodyText ? (
          <Code text={udf.bodyText.trimEnd()} language="python" />
        ) : (
          <p className="quiet">The registry holds no readable code for this view.</p>
        )}
      </Section>
      {sources.length === 0 ? null : (
        <Section title="Inputs">
          {sources.map(([name, { featureViewProjection, requestDataSource }]) => (
            <Section
              key={name}
              title={name}
              side={
                featureViewProjection ? (
                  <Link to={objectPath(project, 'featureView', featureViewProjection.featureViewName)}>feature view</Link>
                ) : (
                  <span className="label">given with the request</span>
                )
              }
            >
              <Properties
                rows={(featureViewProjection?.featureColumns ?? requestDataSource?.requestDataOptions?.schema ?? []).map((field) => ({
                  name: field.name,
                  value: <span className="mono">{formatType(field.valueType)}</span>,
                }))}
              />
            </Section>
          ))}
        </Section>
      )}
    </div>
  )
}
