import type { Command } from './command.ts'

/** A command, or a group of them, as the list shows it. */
export interface CommandEntry {
  readonly summary: string
  readonly load?: () => Promise<{ readonly command: Command }>
  readonly commands?: Readonly<Record<string, CommandEntry>>
}

const kind = (words: string, load: (verb: 'list' | 'describe') => () => Promise<{ readonly command: Command }>): CommandEntry => ({
  summary: `Look at ${words}`,
  commands: {
    list: { summary: `List ${words}`, load: load('list') },
    describe: { summary: `Show one of the ${words} whole`, load: load('describe') },
  },
})

const listed = (name: import('./command/objects.ts').ListedKind) => (verb: 'list' | 'describe') => async () => {
  const { describeCommand, listCommand } = await import('./command/objects.ts')
  return { command: verb === 'list' ? listCommand(name) : describeCommand(name) }
}

/** Every command there is, in the order of `feast --help`. Files are loaded when they are called. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  init: { summary: 'Make a new feature repository', load: () => import('./command/init.ts') },
  apply: { summary: 'Register what the repository defines', load: () => import('./command/apply.ts') },
  plan: { summary: 'Show what apply would change', load: () => import('./command/plan.ts') },
  teardown: { summary: 'Remove the project with its online tables', load: () => import('./command/teardown.ts') },
  materialize: { summary: 'Load a range of time into the online store', load: () => import('./command/materialize.ts') },
  'materialize-incremental': {
    summary: 'Load what is new since the last time into the online store',
    load: () => import('./command/materialize-incremental.ts'),
  },
  'get-historical-features': { summary: 'Print features as they were', load: () => import('./command/get-historical-features.ts') },
  'get-online-features': { summary: 'Print features as they are', load: () => import('./command/get-online-features.ts') },
  explain: { summary: 'Show why a value of history is what it is', load: () => import('./command/explain.ts') },
  entities: kind('entities', listed('entity')),
  'feature-views': kind('feature views', listed('feature-view')),
  'on-demand-feature-views': kind('on-demand feature views', listed('on-demand-feature-view')),
  'stream-feature-views': kind('stream feature views', listed('stream-feature-view')),
  'label-views': kind('label views', listed('label-view')),
  'feature-services': kind('feature services', listed('feature-service')),
  'data-sources': kind('data sources', listed('data-source')),
  'saved-datasets': kind('saved datasets', listed('saved-dataset')),
  'validation-references': kind('validation references', listed('validation-reference')),
  permissions: kind('permissions', listed('permission')),
  projects: kind('projects', listed('project')),
  generate: { summary: 'Write a module with the types of what the registry holds', load: () => import('./command/generate.ts') },
  'registry-dump': { summary: 'Print the whole registry as JSON', load: () => import('./command/registry-dump.ts') },
  configuration: { summary: 'Print feature_store.yaml with its defaults', load: () => import('./command/configuration.ts') },
  serve_registry: { summary: 'Serve the registry over REST', load: () => import('./command/serve-registry.ts') },
  ui: { summary: 'Serve the web UI, and the REST API below it', load: () => import('./command/ui.ts') },
  version: { summary: 'Print the version', load: () => import('./command/version.ts') },
}
