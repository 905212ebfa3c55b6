import {
  Archive,
  Database,
  Hash,
  KeyRound,
  Layers,
  type LucideIcon,
  Package,
  Radio,
  Shield,
  SquareFunction,
  Table2,
  Tag,
} from 'lucide-react'
import type { Kind } from '../api/contract.ts'

/** What the pages know of a kind of object; everything that goes through kinds goes through this table. */
export interface KindInfo {
  readonly kind: Kind
  /** The server's noun, one and many. */
  readonly one: string
  readonly many: string
  readonly icon: LucideIcon
  /** The route's segment, as in Feast's own UI: deep links work in both. */
  readonly route: string
  /** The REST path, and the key of its list. */
  readonly path: string
  readonly listKey: string
}

export const kinds: Readonly<Record<Kind, KindInfo>> = {
  project: { kind: 'project', one: 'project', many: 'projects', icon: Layers, route: '', path: 'projects', listKey: 'projects' },
  featureView: {
    kind: 'featureView',
    one: 'feature view',
    many: 'feature views',
    icon: Table2,
    route: 'feature-view',
    path: 'feature_views',
    listKey: 'featureViews',
  },
  onDemandFeatureView: {
    kind: 'onDemandFeatureView',
    one: 'on-demand view',
    many: 'on-demand views',
    icon: SquareFunction,
    route: 'feature-view',
    path: 'feature_views',
    listKey: 'featureViews',
  },
  streamFeatureView: {
    kind: 'streamFeatureView',
    one: 'stream view',
    many: 'stream views',
    icon: Radio,
    route: 'feature-view',
    path: 'feature_views',
    listKey: 'featureViews',
  },
  labelView: {
    kind: 'labelView',
    one: 'label view',
    many: 'label views',
    icon: Tag,
    route: 'label-view',
    path: 'label_views',
    listKey: 'featureViews',
  },
  feature: { kind: 'feature', one: 'feature', many: 'features', icon: Hash, route: 'features', path: 'features', listKey: 'features' },
  entity: { kind: 'entity', one: 'entity', many: 'entities', icon: KeyRound, route: 'entity', path: 'entities', listKey: 'entities' },
  dataSource: {
    kind: 'dataSource',
    one: 'data source',
    many: 'data sources',
    icon: Database,
    route: 'data-source',
    path: 'data_sources',
    listKey: 'dataSources',
  },
  featureService: {
    kind: 'featureService',
    one: 'feature service',
    many: 'feature services',
    icon: Package,
    route: 'feature-service',
    path: 'feature_services',
    listKey: 'featureServices',
  },
  savedDataset: {
    kind: 'savedDataset',
    one: 'dataset',
    many: 'datasets',
    icon: Archive,
    route: 'data-set',
    path: 'saved_datasets',
    listKey: 'savedDatasets',
  },
  permission: {
    kind: 'permission',
    one: 'permission',
    many: 'permissions',
    icon: Shield,
    route: 'permissions',
    path: 'permissions',
    listKey: 'permissions',
  },
}

const byName: Readonly<Record<string, Kind>> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind.toLowerCase(), kind as Kind]))

/** Reads a kind however the server spells it: `featureView`, `FEATURE_VIEW`, `feature_view`. */
export function readKind(text: string): Kind | null {
  return byName[text.replaceAll(/[-_ ]/g, '').toLowerCase()] ?? null
}
