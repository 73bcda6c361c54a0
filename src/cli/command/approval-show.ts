import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd approval show` */
export const approvalShowCommand = defineCommand({
  command: 'show <id>',
  describe: 'Show exactly what is to be approved, and who has decided how',
  positionals: { id: { type: 'string', describe: 'number of the approval' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 approval show 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 --data ./data', 'one of them'],
  async run(options, { id = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const { checkedApproval, printApproval } = await import('../approval-ceremony.ts')
    const approval = await withAdmin(options, async (admin) =>
      checkedApproval(await admin['approval.show']({ id })),
    )
    if (options.json) printJson(approval)
    else printApproval(approval)
  },
})
