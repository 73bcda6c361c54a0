import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd authority remove` */
export const authorityRemoveCommand = defineCommand({
  command: 'remove <id>',
  describe: 'Trust an authority of others no more: its certificates open nothing',
  positionals: {
    id: { type: 'string', describe: "beginning of its id, as 'authority list' tells it" },
  },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: ['$0 authority remove 3f8a91c2 --data ./data', 'connections are closed at once'],
  async run(options, { id = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const { isKeyStart, KEY_START_RULE } = await import('../certificate-option.ts')
    const { wrongUsage } = await import('../failure.ts')
    if (!isKeyStart(id)) throw wrongUsage(`'${id}' is not the beginning of an id`, KEY_START_RULE)
    const removed = await withAdmin(options, async (admin) => admin['authority.remove']({ id }))
    if (options.json) printJson(removed)
    else print(`removed the authority ${removed.id}`)
  },
})
