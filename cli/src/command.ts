import type { Terminal } from './terminal.ts'

/** Options that stand before the command. */
export interface GlobalOptions {
  /** Folder of the feature repository. */
  readonly chdir: string
  /** Path of feature_store.yaml, when it was given. */
  readonly featureStoreYaml?: string
  readonly debug: boolean
}

/** Values of options by camelCase name: text, a list of texts, or a flag. */
export type OptionValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>

/** An option as `--help` shows it: `-v, --views <name...>`, with its meaning. */
export interface CommandOption {
  readonly flags: string
  readonly description: string
  readonly default?: string
  /** Given again for each further value, so that a value never swallows the arguments behind it. */
  readonly repeated?: true
}

/** One command. Its file is loaded only when it is called. */
export interface Command {
  /** As `--help` shows them: `<start>`, `[end]`. */
  readonly arguments: readonly { readonly name: string; readonly description: string }[]
  readonly options: readonly CommandOption[]
  /** Runs it. Throws a StoreError for what the user can mend. Gives the exit code when it is not 0. */
  run(
    terminal: Terminal,
    call: { readonly args: readonly string[]; readonly options: OptionValues; readonly global: GlobalOptions },
  ): Promise<number | undefined>
}

/** Takes an option that was given at most once. */
export const text = (options: OptionValues, name: string): string | undefined => {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** Takes an option that may be repeated. */
export const texts = (options: OptionValues, name: string): readonly string[] => {
  const value = options[name]
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
}
