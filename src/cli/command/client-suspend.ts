import { printClient } from '../client-report.ts'
import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client suspend` */
export const clientSuspendCommand = defineCommand({
  command: 'suspend <name>',
  describe: 'Let none of the keys of a client in until it is resumed',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: ['$0 client suspend web --data ./data', 'its connections are closed at once'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const client = await withAdmin(options, async (admin) => admin['client.suspend']({ name }))
    printClient(client, options.json)
  },
})
