import type { KindName } from '@charmed-feast/store'
import type { Command } from './command.ts'

/** A command, or a group of them, as the list shows it. */
export interface CommandEntry {
  readonly summary: string
  readonly load?: () => Promise<{ readonly command: Command }>
  readonly commands?: Readonly<Record<string, CommandEntry>>
  /** Of a command of Feast's that we do not have: who does it. */
  readonly instead?: string
}

type Load = () => Promise<{ readonly command: Command }>

const kind = (name: KindName, words: string, more: Readonly<Record<string, CommandEntry>> = {}): CommandEntry => {
  const load =
    (verb: 'list' | 'describe'): Load =>
    async () => {
      const { describeCommand, listCommand } = await import('./command/objects.ts')
      return { command: verb === 'list' ? listCommand(name) : describeCommand(name) }
    }
  return {
    summary: `Look at ${words}`,
    commands: {
      list: { summary: `List ${words}`, load: load('list') },
      describe: { summary: `Show one of the ${words} whole`, load: load('describe') },
      ...more,
    },
  }
}

const switching =
  (verb: 'enable' | 'disable'): Load =>
  async () => ({ command: (await import('./command/feature-view.ts'))[verb] })

/** Commands of Feast's that are not here: hidden, and answered by who has them. */
const absent = (instead: string): CommandEntry => ({ summary: '', instead })
const python = (what: string) => absent(`Python's feast ${what}`)

/** Every command there is, in the order of `feast --help`. Files are loaded when they are called. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: { summary: 'Make a new feature repository', load: () => import('./command/init.ts') },
  apply: { summary: 'Register what the repository defines', load: () => import('./command/apply.ts') },
  plan: { summary: 'Show what apply would change', load: () => import('./command/plan.ts') },
  delete: { summary: 'Remove one object from the registry', load: () => import('./command/delete.ts') },
  teardown: { summary: 'Remove the project with its online tables', load: () => import('./command/teardown.ts') },
  materialize: { summary: 'Load a range of time into the online store', load: () => import('./command/materialize.ts') },
  'materialize-incremental': {
    summary: 'Load what is new since the last time into the online store',
    load: () => import('./command/materialize-incremental.ts'),
  },
  'get-historical-features': { summary: 'Print features as they were', load: () => import('./command/get-historical-features.ts') },
  'get-online-features': { summary: 'Print features as they are', load: () => import('./command/get-online-features.ts') },
  explain: { summary: 'Show why a value of history is what it is', load: () => import('./command/explain.ts') },
  entities: kind('entity', 'entities'),
  features: {
    summary: 'Look at features',
    commands: {
      list: { summary: 'List the features of all views', load: async () => ({ command: (await import('./command/feature.ts')).list }) },
      describe: {
        summary: 'Show a feature in every view that has it',
        load: async () => ({ command: (await import('./command/feature.ts')).describe }),
      },
    },
  },
  'feature-views': kind('feature-view', 'feature views', {
    enable: { summary: 'Let a view serve and be materialized', load: switching('enable') },
    disable: { summary: 'Keep a view from serving and materializing', load: switching('disable') },
    'list-versions': {
      summary: 'List the versions of a view',
      load: async () => ({ command: (await import('./command/feature-view.ts')).listVersions }),
    },
    'set-state': absent('the state follows what happens to a view'),
  }),
  'on-demand-feature-views': kind('on-demand-feature-view', 'on-demand feature views'),
  'stream-feature-views': kind('stream-feature-view', 'stream feature views'),
  'label-views': kind('label-view', 'label views'),
  'feature-services': kind('feature-service', 'feature services'),
  'data-sources': kind('data-source', 'data sources'),
  'saved-datasets': kind('saved-dataset', 'saved datasets', {
    delete: {
      summary: 'Remove a saved dataset from the registry',
      load: async () => ({ command: (await import('./command/delete.ts')).deleteSavedDataset }),
    },
  }),
  'validation-references': kind('validation-reference', 'validation references'),
  permissions: kind('permission', 'permissions', {
    check: {
      summary: 'List what no permission speaks of',
      load: async () => ({ command: (await import('./command/permission.ts')).check }),
    },
    'list-roles': {
      summary: 'List the roles that permissions name',
      load: async () => ({ command: (await import('./command/permission.ts')).listRoles }),
    },
  }),
  projects: kind('project', 'projects', {
    current_project: {
      summary: 'Show the project of feature_store.yaml',
      load: async () => ({ command: (await import('./command/project.ts')).currentProject }),
    },
    delete: {
      summary: 'Remove a project from the registry',
      load: async () => ({ command: (await import('./command/project.ts')).deleteProject }),
    },
  }),
  registry: {
    summary: 'Look after the registry',
    commands: { 'create-schema': { summary: 'Make the tables of the registry', load: () => import('./command/registry-schema.ts') } },
  },
  generate: { summary: 'Write a module with the types of what the registry holds', load: () => import('./command/generate.ts') },
  'registry-dump': { summary: 'Print the whole registry as JSON', load: () => import('./command/registry-dump.ts') },
  configuration: { summary: 'Print feature_store.yaml with its defaults', load: () => import('./command/configuration.ts') },
  serve_registry: { summary: 'Serve the registry over REST', load: () => import('./command/serve-registry.ts') },
  ui: { summary: 'Serve the web UI, and the REST API below it', load: () => import('./command/ui.ts') },
  version: { summary: 'Print the version', load: () => import('./command/version.ts') },
  endpoint: absent('feature servers are found through Kubernetes'),
  validate: python('validate: profilers are its code'),
  serve: python('serve reads the same stores'),
  serve_offline: python('serve_offline reads the same stores'),
  serve_lineage: absent('the web UI draws lineage: feast ui'),
  serve_transformations: python('serve_transformations runs its functions'),
  listen: python('listen'),
  monitor: absent('the web UI shows statistics: feast ui'),
  dbt: python('dbt'),
  mlflow: python('mlflow'),
  mcp: python('mcp'),
  'demo-notebooks': python('demo-notebooks'),
}
