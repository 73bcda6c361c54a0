import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { formatDate, printJson, printTable } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd approval list` */
export const approvalListCommand = defineCommand({
  command: 'list',
  describe: 'List what waits for approval, and what has lately been decided',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 approval list --data ./data', 'beside a running server'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const list = await withAdmin(options, async (admin) => admin['approval.list']({}))
    if (options.json) {
      printJson(list)
      return
    }
    printTable(
      ['id', 'request', 'asked by', 'state', 'approved', 'until'],
      list.approvals.map(({ statement, state, approved }) => [
        statement.id,
        statement.name,
        statement.requester.name,
        state,
        `${approved} of ${statement.approvers}`,
        formatDate(Math.trunc(statement.expires)),
      ]),
    )
  },
})
