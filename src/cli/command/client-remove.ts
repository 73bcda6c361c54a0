import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client remove` */
export const clientRemoveCommand = defineCommand({
  command: 'remove <name>',
  describe: 'Remove a client for good; its objects stay, and nobody can ask for them',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: ['$0 client remove web --data ./data', 'its connections are closed at once'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const removed = await withAdmin(options, async (admin) => admin['client.remove']({ name }))
    if (options.json) printJson(removed)
    else print(`removed the client ${name}: its objects are listed as those of ${removed.id}`)
  },
})
