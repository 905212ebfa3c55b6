import { CommanderError, Command as Parser } from 'commander'
import type { Command, GlobalOptions, OptionValues } from './command.ts'
import { type CommandEntry, commands } from './commands.ts'
import { CliError, cliError } from './errors.ts'
import { processTerminal } from './process-terminal.ts'
import type { Terminal } from './terminal.ts'

const isText = (value: unknown): value is string => typeof value === 'string'
const optionValues = (values: Readonly<Record<string, unknown>>): OptionValues =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isText(value) || typeof value === 'boolean' || (Array.isArray(value) && value.every(isText)) ? [[name, value]] : [],
    ),
  )

/** What the words before the first option name: the entry to load, so that nothing else is. */
const wanted = (argv: readonly string[]): readonly string[] => {
  const words: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    if (['-c', '--chdir', '-f', '--feature-store-yaml', '--log-level'].includes(word)) at++
    else if (!word.startsWith('-')) words.push(word)
  }
  return words.slice(0, 2)
}

const define = (parser: Parser, command: Command, run: (args: readonly string[], options: OptionValues) => Promise<void>): void => {
  for (const { name, description } of command.arguments) parser.argument(name, description)
  for (const { flags, description, default: value, repeated } of command.options) {
    if (repeated === true) parser.option(flags, description, (next: string, before: readonly string[] = []) => [...before, next])
    else parser.option(flags, description, value)
  }
  parser.action(async (...received: unknown[]) => {
    const args = received
      .slice(0, command.arguments.length)
      .flatMap((arg) => (Array.isArray(arg) ? arg.filter(isText) : isText(arg) ? [arg] : []))
    await run(args, optionValues(parser.opts()))
  })
}

/** A command of Feast's that we do not have: whatever is said to it, the answer is where to turn. */
const refuse = (parser: Parser, command: string, instead: string): void => {
  parser
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => {
      throw cliError('CLI_NOT_IN_VERSION', [command, instead])
    })
}

/** Builds the parser: every command by name and summary, the one that is called with its options. */
const build = async (argv: readonly string[], terminal: Terminal, exit: (code: number) => void): Promise<Parser> => {
  const root = new Parser('feast')
  root
    .description('A feature store on PostgreSQL that shares everything with Feast')
    .option('-c, --chdir <folder>', 'work in this feature repository', terminal.env.FEATURE_REPO_DIR_ENV_VAR)
    .option('-f, --feature-store-yaml <file>', 'read this feature_store.yaml')
    .option('--log-level <level>', 'accepted for the sake of scripts; nothing is logged')
    .option('--debug', 'show where an error comes from')
  const prepare = (parser: Parser) =>
    parser
      .exitOverride()
      .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) })
      .showHelpAfterError(false)
  prepare(root).enablePositionalOptions()
  const words = wanted(argv)
  const global = (): GlobalOptions => {
    const { chdir, featureStoreYaml, debug } = optionValues(root.opts())
    return {
      chdir: isText(chdir) ? chdir : terminal.cwd,
      debug: debug === true,
      ...(isText(featureStoreYaml) ? { featureStoreYaml } : {}),
    }
  }
  const attach = async (parent: Parser, entries: Readonly<Record<string, CommandEntry>>, depth: number): Promise<void> => {
    for (const [name, entry] of Object.entries(entries)) {
      const parser = prepare(parent.command(name, { hidden: entry.instead !== undefined }).description(entry.summary))
      if (words[depth] !== name) continue
      if (entry.instead !== undefined) refuse(parser, [...words.slice(0, depth), name].join(' '), entry.instead)
      if (entry.commands !== undefined) await attach(parser, entry.commands, depth + 1)
      const command = (await entry.load?.())?.command
      if (command !== undefined)
        define(parser, command, async (args, options) => exit((await command.run(terminal, { args, options, global: global() })) ?? 0))
    }
  }
  await attach(root, commands, 0)
  return root
}

const report = (error: unknown, terminal: Terminal, debug: boolean): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (debug && error instanceof Error) terminal.err(`${error.stack ?? error.message}\n`)
  else terminal.err(`Error: ${error instanceof Error ? error.message : String(error)}\n`)
  return error instanceof CliError ? error.exit : 1
}

/**
 * Runs one command line and gives its exit code: 0 well, 1 an error that the message explains, 2 a command line that cannot be read.
 *
 * @example
 * process.exitCode = await main(['entities', 'list'], process)
 */
export const main = async (argv: readonly string[], host: NodeJS.Process): Promise<number> => runCommandLine(argv, processTerminal(host))

/** {@link main} with a terminal of one's own. */
export const runCommandLine = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  let code = 0
  try {
    const parser = await build(argv, terminal, (given) => {
      code = given
    })
    await parser.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    return code
  } catch (error) {
    return report(error, terminal, argv.includes('--debug'))
  }
}
