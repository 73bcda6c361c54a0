import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd namespace remove` */
export const namespaceRemoveCommand = defineCommand({
  command: 'remove <name>',
  describe: 'Remove a namespace that has no clients and no objects any more, and destroy its keys',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: [
    '$0 namespace remove payments --data ./data',
    'what was sealed in it never opens again',
  ],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const removed = await withAdmin(options, async (admin) => admin['namespace.remove']({ name }))
    if (options.json) {
      printJson(removed)
      return
    }
    print(`removed the namespace ${name}, and its keys`)
  },
})
