import { printClient } from '../client-report.ts'
import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client resume` */
export const clientResumeCommand = defineCommand({
  command: 'resume <name>',
  describe: 'Let the keys of a suspended client in again',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: ['$0 client resume web --data ./data', 'after client suspend'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const client = await withAdmin(options, async (admin) => admin['client.resume']({ name }))
    printClient(client, options.json)
  },
})
