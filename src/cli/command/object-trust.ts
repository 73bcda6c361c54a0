import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { dataOption, jsonOption } from '../option.ts'
import { print, printJson } from '../output.ts'

/** `kmipd object trust` */
export const objectTrustCommand = defineCommand({
  command: 'trust <id>',
  describe:
    'Let sensitive keys leave the server under a wrapping key, where policy.wrapping is trusted',
  positionals: { id: { type: 'string', describe: 'Unique Identifier of the wrapping key' } },
  options: {
    data: dataOption,
    ...approvalOptions,
    ...openingOptions,
    withdraw: {
      type: 'boolean',
      default: false,
      describe: 'Let none leave under it any more',
    },
    json: jsonOption,
  },
  example: ['$0 object trust 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 --data ./data', 'one key'],
  async run(options, { id = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const trusts = !options.withdraw
    const answer = await withAdmin(options, async (admin) => admin['object.trust']({ id, trusts }))
    if (options.json) printJson(answer)
    else print(trusts ? `${id} is trusted` : `${id} is not trusted`)
  },
})
