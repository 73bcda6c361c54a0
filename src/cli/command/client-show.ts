import { printClient } from '../client-report.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client show` */
export const clientShowCommand = defineCommand({
  command: 'show <name>',
  describe: 'Show a client with the keys that it may connect with',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 client show web --data ./data', 'its role and its keys'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const client = await withAdmin(options, async (admin) => admin['client.show']({ name }))
    printClient(client, options.json)
  },
})
