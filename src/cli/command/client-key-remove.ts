import { printClient } from '../client-report.ts'
import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client key remove` */
export const clientKeyRemoveCommand = defineCommand({
  command: 'remove <name> <subject>',
  describe: 'Let a client in with one of its keys no more',
  positionals: {
    name: { type: 'string', describe: 'name of the client' },
    subject: { type: 'string', describe: "beginning of the key, as 'client show' tells it" },
  },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: [
    '$0 client key remove web 3f8a91c2 --data ./data',
    'its connections are closed at once',
  ],
  async run(options, { name = '', subject = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const { isKeyStart, KEY_START_RULE } = await import('../certificate-option.ts')
    const { wrongUsage } = await import('../failure.ts')
    if (!isKeyStart(subject))
      throw wrongUsage(`'${subject}' is not the beginning of a key`, KEY_START_RULE)
    const client = await withAdmin(options, async (admin) =>
      admin['client.key.remove']({ name, subject }),
    )
    printClient(client, options.json)
  },
})
