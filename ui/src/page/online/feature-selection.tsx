import { X } from 'lucide-react'
import { Segmented } from '../../part/field.tsx'
import { Icon } from '../../part/icon.tsx'
import { ObjectPicker } from '../../part/object-picker.tsx'
import { useUrlList, useUrlState } from '../../query/url.ts'
import { withQuery } from '../../route/path.ts'
import { navigate, usePlace } from '../../route/router.ts'
import './feature-selection.css'

export interface FeatureSelection {
  readonly service: string | null
  readonly features: readonly string[]
}

/** What is chosen stands in the address: a service, or features. Never entity values, which may be personal. */
export function useFeatureSelection(): FeatureSelection {
  const [service] = useUrlState('service')
  const [features] = useUrlList('feature')
  return { service: service === '' ? null : service, features: service === '' ? features : [] }
}

export function isEmptySelection({ service, features }: FeatureSelection): boolean {
  return service === null && features.length === 0
}

/** Chooses a service, or features one by one or by the view. */
export function FeatureSelector({ project, selection }: { readonly project: string; readonly selection: FeatureSelection }) {
  const { path } = usePlace()
  const by = selection.service !== null || selection.features.length === 0 ? 'service' : 'features'
  const [mode, setMode] = useUrlState('by', by)
  const choose = (next: FeatureSelection) =>
    navigate(withQuery(path, { service: next.service ?? '', feature: next.features, by: next.service === null ? 'features' : '' }), {
      replace: true,
      keepScroll: true,
    })
  return (
    <div className="stack tight">
      <div>
        <Segmented
          label="Choose by"
          value={mode}
          onChange={setMode}
          choices={[
            { value: 'service', name: 'A service' },
            { value: 'features', name: 'Features' },
          ]}
        />
      </div>
      {mode === 'service' ? (
        <ObjectPicker
          label="Feature service"
          project={project}
          of={['featureService']}
          value={selection.service ?? ''}
          placeholder="Find a service"
          onPick={({ name }) => choose({ service: name, features: [] })}
        />
      ) : (
        <>
          <ObjectPicker
            label="Add a feature"
            project={project}
            of={['feature']}
            placeholder="Find a feature"
            clear
            onPick={({ name }) => choose({ service: null, features: [...new Set([...selection.features, name])] })}
          />
          <ul className="chosen-features" aria-label="Chosen features">
            {selection.features.map((ref) => (
              <li key={ref}>
                <span className="clip mono" title={ref}>
                  {ref}
                </span>
                <button
                  type="button"
                  aria-label={`Leave out ${ref}`}
                  onClick={() => choose({ service: null, features: selection.features.filter((other) => other !== ref) })}
                >
                  <Icon of={X} size={12} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
