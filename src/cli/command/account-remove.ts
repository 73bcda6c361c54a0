import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd account remove` */
export const accountRemoveCommand = defineCommand({
  command: 'remove <name>',
  describe: 'Remove a user name of a client; without any, what the client sends decides nothing',
  positionals: { name: { type: 'string', describe: 'user name' } },
  options: {
    ...placeOptions,
    client: { ...textOption('client', 'name of the client'), demandOption: true },
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    '$0 account remove nightly --client app --data ./data',
    'its password is right no more',
  ],
  async run(options, { name = '' }) {
    const { client, json } = options
    const { withAdmin } = await import('../admin-session.ts')
    const removed = await withAdmin(options, async (admin) =>
      admin['account.remove']({ client, name }),
    )
    if (json) printJson(removed)
    else print(`removed the account ${name} of the client ${client}`)
  },
})
