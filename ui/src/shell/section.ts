import {
  Archive,
  BookOpenCheck,
  Cpu,
  Database,
  Gauge,
  GitFork,
  GraduationCap,
  Hash,
  House,
  KeyRound,
  type LucideIcon,
  Package,
  Play,
  Settings,
  Shield,
  Table2,
  Tag,
  Zap,
} from 'lucide-react'
import type { ResourceCounts, SwitchName } from '../api/contract.ts'

/** The places of the navigation, in order; a place whose switch is not configured is not shown. */
export interface SectionInfo {
  readonly route: string
  readonly name: string
  readonly icon: LucideIcon
  readonly group: 'Catalog' | 'Operate' | 'Use' | 'Server'
  readonly count?: (counts: ResourceCounts['counts']) => number | undefined
  readonly needs?: SwitchName
  /** Left out of the row of tabs inside Kubeflow until it has room. */
  readonly minor?: boolean
}

export const sections: readonly SectionInfo[] = [
  { route: '', name: 'Overview', icon: House, group: 'Catalog' },
  { route: 'feature-view', name: 'Feature views', icon: Table2, group: 'Catalog', count: (counts) => counts.featureViews },
  { route: 'features', name: 'Features', icon: Hash, group: 'Catalog', count: (counts) => counts.features },
  { route: 'feature-service', name: 'Services', icon: Package, group: 'Catalog', count: (counts) => counts.featureServices },
  { route: 'entity', name: 'Entities', icon: KeyRound, group: 'Catalog', count: (counts) => counts.entities },
  { route: 'data-source', name: 'Data sources', icon: Database, group: 'Catalog', count: (counts) => counts.dataSources },
  { route: 'label-view', name: 'Label views', icon: Tag, group: 'Catalog', count: (counts) => counts.labelViews, minor: true },
  { route: 'data-set', name: 'Datasets', icon: Archive, group: 'Catalog', count: (counts) => counts.savedDatasets, minor: true },
  { route: 'freshness', name: 'Freshness', icon: Gauge, group: 'Operate', needs: 'freshness' },
  { route: 'runs', name: 'Runs', icon: Play, group: 'Operate', needs: 'freshness' },
  { route: 'lineage', name: 'Lineage', icon: GitFork, group: 'Operate' },
  { route: 'playground', name: 'Playground', icon: Zap, group: 'Use', needs: 'online' },
  { route: 'training-set', name: 'Training set', icon: GraduationCap, group: 'Use', needs: 'data' },
  { route: 'plan', name: 'Plan', icon: BookOpenCheck, group: 'Use', needs: 'writes', minor: true },
  { route: 'permissions', name: 'Permissions', icon: Shield, group: 'Server', minor: true },
  { route: 'compute-engine', name: 'Engines', icon: Cpu, group: 'Server', minor: true },
  { route: 'status', name: 'Settings', icon: Settings, group: 'Server', minor: true },
]
