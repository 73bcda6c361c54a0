import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd approval withdraw` */
export const approvalWithdrawCommand = defineCommand({
  command: 'withdraw <id>',
  describe: 'Take back what you have asked approval for; clients of KMIP do it by Cancel',
  positionals: { id: { type: 'string', describe: 'number of the approval' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: [
    '$0 approval withdraw 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 --data ./data',
    'one of them',
  ],
  async run(options, { id = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const approval = await withAdmin(options, async (admin) => admin['approval.withdraw']({ id }))
    if (options.json) printJson(approval)
    else print(`withdrew ${approval.statement.name}, which nobody can approve any more`)
  },
})
