import { create } from '@bufbuild/protobuf'
import { plainField, schemaOf } from '../definition/field.ts'
import {
  type OnDemandFeatureView,
  type OnDemandInput,
  storedOnDemandFeatureView,
  type Transform,
} from '../definition/on-demand-feature-view.ts'
import type { RequestSource } from '../definition/source.ts'
import type { StoredTransformation } from '../definition/transformation.ts'
import { viewOf } from '../definition/view.ts'
import { storeError } from '../errors.ts'
import {
  type OnDemandFeatureView as OnDemandFeatureViewMessage,
  OnDemandFeatureViewSchema,
  type OnDemandSource,
  OnDemandSourceSchema,
} from '../proto/feast/core/on-demand-feature-view_pb.ts'
import { describedMessage, describedOf } from './described.ts'
import { entitiesOf, type FindEntity } from './entity.ts'
import { fieldMessage, fieldOf } from './field.ts'
import { type ProjectedView, projectionMessage } from './projection.ts'
import { sourceMessage, sourceOf } from './source.ts'
import { aggregationMessage, aggregationOf, transformationMessage, transformationOf } from './transformation.ts'

/** Finds a view by its own name: among what is applied, then in the registry. */
export type FindView = (name: string) => ProjectedView | undefined

// A Python function that is not ours to run stands where TypeScript cannot: the pickle names a function that every Feast since 0.49 has,
// and the text, which Feast 0.66 and later runs instead, raises. Both list, apply and materialize around it; neither makes up a value.
// Below the function the TypeScript itself stands in remarks: what was applied is seen by everybody, and can be held against what runs.
const pythonName = 'defined_in_typescript'
const pickle = new TextEncoder().encode('cfeast.on_demand_feature_view\n_empty_odfv_udf_fn\n.')
const head = `def ${pythonName}(inputs):\n    raise NotImplementedError("defined in TypeScript")\n`

type Runnable = Exclude<Transform, { readonly mode: 'stored' }>

/** The text of a transformation as it is registered: its mode, and the function's source. */
export const transformText = ({ mode, run }: Runnable): string => `${mode} mode\n${run.toString()}`

const placeholder = (transform: Runnable): StoredTransformation => ({
  kind: 'python',
  name: pythonName,
  body: pickle,
  bodyText: `${head}\n${transformText(transform)
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n')}\n`,
  mode: 'python',
})

/** The TypeScript that a stored transformation stands for; undefined for code that is not ours. */
export const registeredText = (stored: StoredTransformation | undefined): string | undefined =>
  stored?.kind === 'python' && stored.name === pythonName && stored.bodyText.startsWith(head)
    ? stored.bodyText
        .slice(head.length)
        .trim()
        .split('\n')
        .map((line) => line.slice(2))
        .join('\n')
    : undefined

const storedOf = (transform: Transform): StoredTransformation | undefined =>
  transform.mode === 'stored' ? transform.stored : placeholder(transform)

const isRequest = (input: OnDemandInput): input is RequestSource => 'kind' in input && input.kind === 'request-source'

const inputMessage = (owner: string, input: OnDemandInput, find: FindView): OnDemandSource => {
  if (isRequest(input)) return create(OnDemandSourceSchema, { source: { case: 'requestDataSource', value: sourceMessage(input) } })
  const view = find(input.of)
  if (view === undefined) throw storeError('STORE_DEFINITION_INVALID', ['on-demand feature view', owner, `there is no view "${input.of}"`])
  const alias = input.name === input.of ? '' : input.name
  const fields = input.fields.length === 0 ? view.fields : input.fields
  const value = projectionMessage({ view, alias, joinKeyMap: input.joinKeyMap, fields })
  return create(OnDemandSourceSchema, { source: { case: 'featureViewProjection', value } })
}

/**
 * An on-demand view as Feast's message.
 *
 * @throws STORE_DEFINITION_INVALID when one of its views is neither applied nor registered
 */
export const onDemandFeatureViewMessage = (view: OnDemandFeatureView, project: string, find: FindView): OnDemandFeatureViewMessage => {
  const stored = storedOf(view.transform)
  return create(OnDemandFeatureViewSchema, {
    spec: {
      name: view.name,
      project,
      features: view.fields.map(fieldMessage),
      sources: Object.fromEntries(view.sources.map((input) => [input.name, inputMessage(view.name, input, find)])),
      ...describedMessage(view),
      ...(stored === undefined ? {} : { featureTransformation: transformationMessage(stored) }),
      mode: view.mode,
      writeToOnlineStore: view.writeToOnlineStore,
      entities: view.entities.map((entity) => entity.name),
      entityColumns: view.entities.map((entity) => fieldMessage(plainField(entity.joinKey, entity.valueType))),
      singleton: view.singleton,
      aggregations: view.aggregations.map(aggregationMessage),
      version: view.version,
      org: view.org,
      disabled: view.disabled,
    },
  })
}

const inputOf = (message: OnDemandSource): OnDemandInput | undefined => {
  const { source } = message
  if (source.case === 'requestDataSource') {
    const request = sourceOf(source.value)
    return request.kind === 'request-source' ? request : undefined
  }
  if (source.case === 'featureViewProjection') {
    const { featureViewName, featureViewNameAlias, joinKeyMap, featureColumns } = source.value
    const view = viewOf('feature view', featureViewName, schemaOf(featureColumns.map(fieldOf)))
    const named = featureViewNameAlias === '' || featureViewNameAlias === featureViewName ? view : view.withName(featureViewNameAlias)
    return Object.keys(joinKeyMap).length === 0 ? named : named.withJoinKeyMap(joinKeyMap)
  }
  if (source.case === 'featureView') {
    const { name = '', features = [] } = source.value.spec ?? {}
    return viewOf('feature view', name, schemaOf(features.map(fieldOf)))
  }
  return undefined
}

/** An on-demand view read from Feast's message. Its code is carried and never run. */
export const onDemandFeatureViewOf = (message: OnDemandFeatureViewMessage, find: FindEntity): OnDemandFeatureView => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['on-demand feature view', '', 'it has no spec'])
  const sources = Object.keys(spec.sources)
    .sort()
    .map((name) => {
      const input = inputOf(spec.sources[name] ?? create(OnDemandSourceSchema))
      if (input === undefined)
        throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['on-demand feature view', spec.name, `its source "${name}" is empty`])
      return input
    })
  return storedOnDemandFeatureView({
    name: spec.name,
    sources,
    schema: schemaOf(spec.features.map(fieldOf)),
    stored: transformationOf(spec.featureTransformation, spec.userDefinedFunction),
    mode: spec.mode,
    singleton: spec.singleton,
    aggregations: spec.aggregations.map(aggregationOf),
    ...describedOf(spec),
    writeToOnlineStore: spec.writeToOnlineStore,
    entities: entitiesOf(spec.entities, spec.entityColumns.map(fieldOf), find),
    version: spec.version === '' ? 'latest' : spec.version,
    org: spec.org,
    disabled: spec.disabled,
  })
}
