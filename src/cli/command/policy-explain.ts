import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd policy explain` */
export const policyExplainCommand = defineCommand({
  command: 'explain <identity> <operation> [object]',
  describe: 'Say what a client may do, and which rule decides',
  positionals: {
    identity: { type: 'string', describe: 'name of the client' },
    operation: { type: 'string', describe: 'operation of KMIP, as in GetAttributes' },
    object: { type: 'string', describe: 'Unique Identifier; without it the operation by itself' },
  },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 policy explain web Create --data ./data', 'whether web may ask for Create at all'],
  async run(options, { identity = '', operation = '', object = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const question = { identity, operation, ...(object === '' ? {} : { object }) }
    const decision = await withAdmin(options, async (admin) => admin['policy.explain'](question))
    if (options.json) printJson(decision)
    else {
      const { verdict, rule, approvals = [] } = decision
      print([`${verdict}: ${rule}`, ...approvals.map(approvalLine)].join('\n'))
    }
  },
})

function approvalLine(needed: { approvers: number; expires: number; plaintext: boolean }): string {
  const { approvers, expires, plaintext } = needed
  const officers = approvers === 1 ? 'an officer' : `${approvers} officers`
  const only = plaintext ? ', where the key is asked for as it is' : ''
  return `needs the approval of ${officers} within ${expires} s${only}`
}
