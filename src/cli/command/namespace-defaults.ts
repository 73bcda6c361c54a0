import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd namespace defaults` */
export const namespaceDefaultsCommand = defineCommand({
  command: 'defaults <name>',
  describe:
    'Show, or say, what attributes new objects in a namespace get unless a client says otherwise',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: {
    ...placeOptions,
    set: textOption('set', 'file with Defaults Information of KMIP 2.1 in XML'),
    clear: { type: 'boolean', default: false, describe: 'have no defaults any more' },
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 namespace defaults payments --set defaults.xml --data ./data', 'from now on'],
  async run(options, { name = '' }) {
    const { set, clear } = options
    const { wrongUsage } = await import('../failure.ts')
    if (set !== undefined && clear) throw wrongUsage('give one of --set and --clear')
    const { readTextFile } = await import('../text-file.ts')
    const text = set === undefined ? '' : await readTextFile(set)
    const { withAdmin } = await import('../admin-session.ts')
    const isChange = set !== undefined || clear
    const told = await withAdmin(options, async (admin) =>
      isChange
        ? admin['namespace.defaults.set']({ name, text })
        : admin['namespace.defaults.show']({ name }),
    )
    if (options.json) printJson(told)
    else if (told.defaults === 0) print(`the namespace ${name} has no defaults`)
    else print(told.text.trimEnd())
  },
})
