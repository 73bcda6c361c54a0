import { printAuthorities } from '../authority-report.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd authority list` */
export const authorityListCommand = defineCommand({
  command: 'list',
  describe: 'List the authorities of others, with how their revocation lists are',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 authority list --data ./data', 'a problem is told with its list'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const { authorities } = await withAdmin(options, async (admin) => admin['authority.list']({}))
    printAuthorities(authorities, options.json)
  },
})
