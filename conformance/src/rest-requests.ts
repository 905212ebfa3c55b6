/** A request to a registry server: a path below `/api/v1`, and for what may be compared. */
export interface RestRequest {
  readonly path: string
  /** Pages of lists that nothing sorts differ with each apply of Python's: then only how many there are is compared. */
  readonly compare: 'body' | 'counts'
}

/** A source of numbers that repeats itself: 0 ≤ n < 1. Mulberry32. */
export const seededNumbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const names: Readonly<Record<string, readonly string[]>> = {
  entities: ['driver', '__dummy'],
  data_sources: ['driver_stats_source', 'driver_query', 'driver_push', 'trip_request', 'driver_file', 'driver_stream'],
  feature_views: ['driver_stats', 'driver_pushed', 'everywhere', 'trip_score', 'driver_streamed', 'driver_labels'],
  label_views: ['driver_labels'],
  feature_services: ['ranking'],
  saved_datasets: ['training'],
  permissions: ['readers'],
}

const tags = ['tier:1', 'alpha:b', 'o:d', 'model:m', 's:t', 'zone:eu', 'kind:batch', 'p:q', 'none:1', 'nocolon']
const filters: Readonly<Record<string, readonly string[]>> = {
  feature_views: [
    ...['entity=driver', 'entity=__dummy', 'entity=none', 'feature=conv_rate', 'feature=trip_score', 'feature_service=ranking'],
    ...['feature_service=none', 'data_source=driver_stats_source', 'data_source=driver_stream', 'data_source=trip_request', 'entity='],
    ...['updated_since=2020-01-01T00:00:00Z', 'updated_since=2999-01-01T00:00:00', 'updated_since=yesterday', 'data_source=driver_push'],
  ],
  feature_services: ['feature_view=driver_stats', 'feature_view=trip_score', 'feature_view=none'],
  saved_datasets: ['namespace=ns', 'namespace=none', 'collection=c', 'namespace=ns&collection=c'],
}
const tagged = ['data_sources', 'feature_views', 'feature_services', 'saved_datasets', 'label_views']
const across = ['entities', 'data_sources', 'feature_views', 'feature_services', 'label_views', 'saved_datasets']
const projects = ['demo', 'second', 'none', '']
const searches = [
  'driver',
  'DRIVER',
  'rate',
  'who',
  'tier',
  'zone=eu',
  'stats',
  'drive',
  'zzz',
  '',
  'team',
  'conv_rate',
  'ada',
  'label',
  'dirver',
]
const ends = [
  ...['featureView/driver_stats', 'featureView/trip_score', 'featureView/driver_streamed', 'featureView/none', 'entity/driver'],
  ...['dataSource/driver_stats_source', 'dataSource/driver_push', 'featureService/ranking', 'feature/conv_rate', 'savedDataset/training'],
  ...['labelView/driver_labels', 'table/x'],
]

const fixed: readonly string[] = [
  ...[
    'version',
    'projects',
    'projects/demo',
    'projects/none',
    'projects?sort_by=name&sort_order=desc',
    'nothing',
    'features/all',
    'labels/all',
  ],
  ...['features', 'entities', 'search', 'lineage/registry', 'compute_engines', 'materialization_jobs', 'lineage/openlineage/graph'],
  ...['features/driver_stats/conv_rate?project=demo', 'features/driver_stats/tags?project=demo', 'features/driver_stats/none?project=demo'],
  ...['features/driver_labels/label?project=demo', 'features/driver_stats/conv_rate', 'lineage/registry/all', 'lineage/complete/all'],
  ...['lineage/complete?project=demo', 'lineage/complete?project=none', 'metrics/resource_counts', 'metrics/resource_counts?project=demo'],
  ...[
    'metrics/resource_counts?project=none',
    'metrics/resource_counts?project=',
    'metrics/popular_tags?project=demo',
    'metrics/popular_tags',
  ],
  ...['metrics/popular_tags?limit=1', 'metrics/popular_tags?limit=0', 'metrics/popular_tags?limit=-1', 'metrics/popular_tags?limit=x'],
  ...['compute_engines?project=demo', 'compute_engines?project=none', 'compute_engines/all', 'compute_engines/all?limit=1&page=2'],
  ...['materialization_jobs?project=demo&page=1&limit=10', 'materialization_jobs?project=demo&page=1&limit=5&status=failed'],
  ...['materialization_jobs?project=demo&page=1&limit=5&feature_view=driver_stats&status=succeeded', 'saved_datasets/jobs'],
  ...['materialization_jobs?project=demo', 'saved_datasets/jobs/none', 'saved_datasets/jobs?project=demo', 'monitoring/metrics/features'],
  ...['features', 'feature_views', 'feature_services', 'baseline', 'timeseries'].map(
    (metric) => `monitoring/metrics/${metric}?project=demo`,
  ),
  ...[
    'monitoring/jobs/x?project=demo',
    'search?query=x&sort_by=bad',
    'search?query=x&limit=1000',
    'search?query=x&page=0',
    'search?query=x&sort_order=up',
  ],
  ...[
    'search?query=driver&projects=none',
    'search?query=driver&projects=none&projects=demo',
    'search?query=driver&projects=',
    'search?query=&tags=tier:1',
  ],
]

/** Requests in numbers, the same ones for the same seed: every path, with every parameter it has, in many mixtures. */
export const restRequests = (seed: number, count: number): readonly RestRequest[] => {
  const next = seededNumbers(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  const maybe = (chance: number, make: () => string): readonly string[] => (next() < chance ? [make()] : [])
  const paging = (): { readonly parts: readonly string[]; readonly paged: boolean } => {
    const roll = next()
    if (roll < 0.45) return { parts: [], paged: false }
    if (roll < 0.55) return { parts: [pick(['page=0', 'limit=0', 'limit=101', 'page=x', 'limit=-3', 'sort_order=up'])], paged: false }
    if (roll < 0.65) return { parts: [pick(['page=2', 'limit=3'])], paged: false }
    return { parts: [`page=${pick([1, 2, 3, 9])}`, `limit=${pick([1, 2, 5, 100])}`], paged: true }
  }
  const sorting = (): readonly string[] => maybe(0.4, () => `sort_by=${pick(['name', 'created_timestamp', 'none', 'description'])}`)
  const order = (): readonly string[] => maybe(0.3, () => `sort_order=${pick(['asc', 'desc'])}`)
  const relations = (): readonly string[] => maybe(0.3, () => `include_relationships=${pick(['true', 'false', '1', 'maybe'])}`)
  const cache = (): readonly string[] => maybe(0.1, () => `allow_cache=${pick(['true', 'false'])}`)
  const project = (): readonly string[] => (next() < 0.95 ? [`project=${next() < 0.8 ? 'demo' : pick(projects)}`] : [])

  const list = (): RestRequest => {
    const kind = pick([...Object.keys(names), 'features', 'labels', 'feature_views'])
    const { parts, paged } = paging()
    const own = [
      ...(tagged.includes(kind) ? maybe(0.3, () => `tags=${pick(tags)}`) : []),
      ...(filters[kind] === undefined ? [] : maybe(0.5, () => pick(filters[kind] ?? []))),
      ...(kind === 'features'
        ? maybe(0.4, () => pick(['feature_view=driver_stats', 'name=conv_rate', 'feature_view=none', 'name=trip_score']))
        : []),
    ]
    const query = [...project(), ...own, ...parts, ...sorting(), ...order(), ...relations(), ...cache()]
    return { path: `${kind}?${query.join('&')}`, compare: paged ? 'counts' : 'body' }
  }
  const all = (): RestRequest => {
    const paged = next() < 0.5
    const parts = paged ? [`page=${pick([1, 2, 4])}`, `limit=${pick([1, 3, 7])}`] : ['limit=100']
    return {
      path: `${pick([...across, 'features', 'labels'])}/all?${[...parts, ...order(), ...maybe(0.2, () => 'limit=101')].join('&')}`,
      compare: paged ? 'counts' : 'body',
    }
  }
  const one = (): RestRequest => {
    const kind = pick(Object.keys(names))
    const name = next() < 0.85 ? pick(names[kind] ?? []) : 'none'
    return { path: `${kind}/${name}?${[...project(), ...relations()].join('&')}`, compare: 'body' }
  }
  const lineage = (): RestRequest => {
    const { parts, paged } = paging()
    const query = [...project(), ...maybe(0.5, () => `include_indirect=${pick(['true', 'false'])}`), ...parts]
    if (next() < 0.6) return { path: `lineage/objects/${pick(ends)}?${query.join('&')}`, compare: paged ? 'counts' : 'body' }
    const filter = maybe(0.5, () => {
      const [type, name] = pick(ends).split('/')
      return `filter_object_type=${type}&filter_object_name=${name}`
    })
    return { path: `lineage/registry?${[...query, ...filter].join('&')}`, compare: paged ? 'counts' : 'body' }
  }
  const search = (): RestRequest => {
    const query = [`query=${encodeURIComponent(pick(searches))}`, ...maybe(0.4, () => `projects=${pick(['demo', 'second', 'none'])}`)]
    const parts = [
      ...query,
      ...maybe(0.3, () => `sort_by=${pick(['name', 'type', 'match_score'])}`),
      ...maybe(0.2, () => `tags=${pick(tags)}`),
    ]
    const paged = next() < 0.3
    return {
      path: `search?${[...parts, paged ? `limit=${pick([1, 2, 5])}&page=${pick([1, 2])}` : 'limit=100'].join('&')}`,
      compare: paged ? 'counts' : 'body',
    }
  }
  const makers = [list, list, list, list, one, one, all, lineage, search]
  const whole = fixed.map((path): RestRequest => ({ path, compare: 'body' }))
  return [...whole, ...Array.from({ length: count - whole.length }, () => pick(makers)())]
}
