import { defineCommand } from '../define-command.ts'
import { limitLines } from '../limit-options.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { formatDate, printFields, printJson } from '../output.ts'

/** `kmipd namespace show` */
export const namespaceShowCommand = defineCommand({
  command: 'show <name>',
  describe: 'Show a namespace, its clients and how much is in it',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 namespace show payments --data ./data', 'one namespace'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const namespace = await withAdmin(options, async (admin) => admin['namespace.show']({ name }))
    if (options.json) {
      printJson(namespace)
      return
    }
    const { id, added, members, used, limits, ending = false } = namespace
    printFields([
      ['name', name],
      ['id', id],
      ['added', formatDate(added)],
      ['clients', members.join(', ')],
      ...limitLines(limits, used),
      ...(ending ? [['state', 'is being removed'] as const] : []),
    ])
  },
})
