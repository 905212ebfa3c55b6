import type { ApplyPlan } from '@charmed-feast/store'
import type { Command } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { planText } from '../plan-text.ts'
import { loadRepository } from '../repository.ts'
import type { Terminal } from '../terminal.ts'

const removals = (plan: ApplyPlan): readonly string[] =>
  plan.differences.filter(({ action }) => action === 'delete').map(({ kind, name }) => `${kind.replaceAll('-', ' ')} ${name}`)

const confirmRemovals = async (plan: ApplyPlan, terminal: Terminal, yes: boolean): Promise<void> => {
  const gone = removals(plan)
  if (gone.length === 0 || yes) return
  terminal.err(`This removes from the registry:\n${gone.map((each) => `  ${each}\n`).join('')}`)
  if (!(await terminal.confirm('Remove them?'))) throw cliError('CLI_NOT_CONFIRMED', [`remove ${gone.join(', ')}`])
}

/** `feast apply`. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '--yes', description: 'remove what the repository lacks without asking' },
    { flags: '--partial', description: 'leave what the repository lacks as it is' },
    { flags: '--skip-source-validation', description: 'do not look whether source tables and columns exist' },
    { flags: '--no-promote', description: 'keep changed views as new versions that do not serve yet' },
    { flags: '--skip-feature-view-validation', description: 'accepted for the sake of scripts; definitions are always checked' },
    { flags: '--no-progress', description: 'accepted for the sake of scripts' },
  ],
  async run(terminal, { options, global }) {
    const repository = await loadRepository(global.chdir)
    if (repository.definitions.length === 0)
      throw cliError(repository.pythonFiles.length > 0 ? 'CLI_REPOSITORY_PYTHON' : 'CLI_REPOSITORY_EMPTY', [global.chdir])
    await using store = await openFor(terminal, global, repository.definitions)
    const scope = {
      partial: options.partial === true,
      skipSourceValidation: options.skipSourceValidation === true,
      promote: options.promote !== false,
    }
    await confirmRemovals(await store.plan(repository.definitions, scope), terminal, options.yes === true)
    if (!repository.definitions.some(({ kind }) => kind === 'project'))
      terminal.out(`No project found in the repository. Using project name ${store.project} defined in feature_store.yaml\n`)
    terminal.out(`Applying changes for project ${store.project}\n`)
    terminal.out(planText(await store.apply(repository.definitions, scope), 'done'))
    return undefined
  },
}
