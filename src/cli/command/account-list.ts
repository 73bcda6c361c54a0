import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { formatDate, printJson, printTable } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd account list` */
export const accountListCommand = defineCommand({
  command: 'list',
  describe: 'List the user names of clients; never their passwords',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 account list --data ./data', 'every user name with its client and role'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const { accounts } = await withAdmin(options, async (admin) => admin['account.list']({}))
    if (options.json) {
      printJson(accounts)
      return
    }
    const rows = accounts.map(({ client, name, role, added, lockedUntil }) => [
      ...[client, name, role, formatDate(added)],
      lockedUntil === undefined ? '-' : formatDate(lockedUntil),
    ])
    printTable(['client', 'name', 'role', 'added', 'locked out until'], rows)
  },
})
