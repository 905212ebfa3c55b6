import { active, blocked, type Charm, type Desired, defineCharm, type Hook, type Relation } from '@charmed-feast/charm'

import { type DashboardLink, linksConfig, parseLinks } from './links.ts'

// The provider's side of `kubeflow_dashboard_links` as kubeflow-dashboard speaks it (charm-compat §3.4).

const metadata = { name: 'kubeflow-dashboard', provides: { links: { interface: 'kubeflow_dashboard_links' } } } as const
type Metadata = typeof metadata

/** The ConfigMap that the dashboard reads, as Charmed Kubeflow calls it. */
export const dashboardConfigMap = 'centraldashboard-config'

interface Observation {
  readonly leader: boolean
  readonly namespace: string
  readonly sent: readonly { readonly relation: Relation<'app' | 'remoteApp'>; readonly links: readonly DashboardLink[] | null }[]
}

const observe = async (hook: Hook<Metadata>): Promise<Observation> => ({
  leader: await hook.isLeader(),
  namespace: hook.context.modelName,
  sent: (await hook.relations('links', ['app', 'remoteApp'])).map((relation) => ({
    relation,
    links: parseLinks(relation.remoteApp.dashboard_links ?? '[]'),
  })),
})

const reconcile = ({ leader, namespace, sent }: Observation): Desired<Metadata> => {
  const bad = sent.find(({ links }) => links === null)
  const data = {
    links: JSON.stringify(linksConfig(sent.flatMap(({ links }) => links ?? []))),
    settings: JSON.stringify({ DASHBOARD_FORCE_IFRAME: true }),
  }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: dashboardConfigMap, namespace }, data }
  return {
    objects: leader ? [{ kind: 'apply', object }] : [],
    unitStatus: [
      bad ? blocked(`Invalid relation data from ${bad.relation.app}: key "dashboard_links" holds a link that is none`) : active(),
    ],
  }
}

/**
 * A provider of `kubeflow_dashboard_links` that keeps them where Kubeflow's dashboard looks for them, for the laptop.
 *
 * @example
 * const charms = { 'kubeflow-dashboard': inProcess(dashboardCharm) }
 */
export const dashboardCharm: Charm<Metadata, Observation> = defineCharm({ metadata, observe, reconcile })
