type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The form of answers that leaves everything out but metadata. */
const form = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' }

/**
 * A list as those get it who want metadata only, by their `Accept` header (`as=PartialObjectMetadataList`); any other answer as it is.
 *
 * @example
 * inWantedForm({ items: [{ metadata: { name: 'a' }, data: {} }] }, 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1')
 */
export const inWantedForm = (value: unknown, accept = ''): unknown => {
  if (!/^[^,]*;as=PartialObjectMetadataList(;|,|$)/.test(accept) || !isMapping(value) || !Array.isArray(value.items)) return value
  const items = value.items.map((item: unknown) => ({ ...form, metadata: isMapping(item) ? item.metadata : {} }))
  return { ...form, kind: `${form.kind}List`, metadata: value.metadata, items }
}
