import type {
  ArgumentsCamelCase,
  CommandModule,
  InferredOptionTypes,
  Options,
  PositionalOptions,
} from 'yargs'

type OptionTable = Readonly<Record<string, Options>>

/** One command: its words, its options and what it does. */
export interface Command<O extends OptionTable> {
  /** As in `add <name>`. */
  readonly command: string
  readonly describe: string
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  readonly options: O
  /** Command line and what it is good for. */
  readonly example: readonly [string, string]
  /** Loads what it needs by itself: `--help` must not wait for it. Throws to fail. */
  readonly run: (options: Given<O>, positionals: Positionals) => Promise<void>
}

/** The values of a command's options. */
export type Given<O extends OptionTable> = ArgumentsCamelCase<InferredOptionTypes<O>>

/** The words that stand where a command names them; empty where one that may be left out is. */
export type Positionals = Readonly<Record<string, string>>

/** Makes a yargs command of it. */
export function defineCommand<O extends OptionTable>(
  command: Command<O>,
): CommandModule<object, InferredOptionTypes<O>> {
  const { positionals = {}, options, example } = command
  return {
    command: command.command,
    describe: command.describe,
    builder: (yargs) => {
      for (const [name, about] of Object.entries(positionals)) yargs.positional(name, about)
      return yargs.options(options).example(...example)
    },
    handler: async (given) => {
      const names = Object.keys(positionals)
      const words = names.map((name): [string, string] => [name, wordOf(given, name)])
      await command.run(given, Object.fromEntries(words))
    },
  }
}

function wordOf(given: object, name: string): string {
  const word: unknown = Object.getOwnPropertyDescriptor(given, name)?.value
  return typeof word === 'string' ? word : ''
}
