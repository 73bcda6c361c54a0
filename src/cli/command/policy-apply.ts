import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd policy apply` */
export const policyApplyCommand = defineCommand({
  command: 'apply <file>',
  describe: 'Put a policy file in the place of the policy that decides',
  positionals: { file: { type: 'string', describe: 'policy file (YAML)' } },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: ['$0 policy apply policy.yaml --data ./data', 'decides from then on'],
  async run(options, { file = '' }) {
    const { describePolicy } = await import('../policy-text.ts')
    const { readTextFile } = await import('../text-file.ts')
    const { withAdmin } = await import('../admin-session.ts')
    const text = await readTextFile(file)
    const applied = await withAdmin(options, async (admin) =>
      admin['policy.apply']({ text, name: file }),
    )
    if (options.json) printJson(applied)
    else print(`policy ${applied.revision} decides from now on: ${describePolicy(applied)}`)
  },
})
