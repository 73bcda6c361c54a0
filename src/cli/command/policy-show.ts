import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'

/** `kmipd policy show` */
export const policyShowCommand = defineCommand({
  command: 'show',
  describe: 'Show the policy that decides',
  options: {
    ...placeOptions,
    yaml: { type: 'boolean', default: false, describe: 'the file as it was applied' },
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 policy show --yaml --data ./data', 'to change it and apply it again'],
  async run(options) {
    const { describePolicy } = await import('../policy-text.ts')
    const { withAdmin } = await import('../admin-session.ts')
    const { policy } = await withAdmin(options, async (admin) => admin['policy.show']({}))
    if (options.yaml) {
      process.stdout.write(policy?.text ?? 'version: 1\n')
    } else if (options.json) {
      printJson(policy ?? null)
    } else if (policy === undefined) {
      print('no policy was ever applied: roles alone decide')
    } else {
      printFields([
        ['policy', String(policy.revision)],
        ['applied', formatDate(policy.applied)],
        ['says', describePolicy(policy)],
      ])
    }
  },
})
