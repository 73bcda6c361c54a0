import { printAuthorities } from '../authority-report.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd authority reload` */
export const authorityReloadCommand = defineCommand({
  command: 'reload',
  describe: 'Have the running server read the revocation lists now',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 authority reload --data ./data', 'not to wait until it looks at their files'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const { authorities } = await withAdmin(options, async (admin) => admin['authority.reload']({}))
    printAuthorities(authorities, options.json)
  },
})
