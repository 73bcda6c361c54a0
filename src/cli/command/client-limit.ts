import { approvalOptions } from '../approval-options.ts'
import { printClient } from '../client-report.ts'
import { defineCommand } from '../define-command.ts'
import { givenLimits, limitOptions } from '../limit-options.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client limit` */
export const clientLimitCommand = defineCommand({
  command: 'limit <name>',
  describe:
    'Say how much a client may have and ask for; what is not given is without limit of its own',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: {
    ...placeOptions,
    ...limitOptions,
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 client limit web --objects 1000 --rate 200 --data ./data', 'beside others'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const client = await withAdmin(options, async (admin) =>
      admin['client.limit']({ name, ...givenLimits(options) }),
    )
    printClient(client, options.json)
  },
})
