import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd policy check` */
export const policyCheckCommand = defineCommand({
  command: 'check <file>',
  describe: 'Say what is wrong with a policy file, and change nothing',
  positionals: { file: { type: 'string', describe: 'policy file (YAML)' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 policy check policy.yaml --data ./data', 'whether it could be applied'],
  async run(options, { file = '' }) {
    const { describePolicy } = await import('../policy-text.ts')
    const { readTextFile } = await import('../text-file.ts')
    const { withAdmin } = await import('../admin-session.ts')
    const text = await readTextFile(file)
    const counts = await withAdmin(options, async (admin) =>
      admin['policy.check']({ text, name: file }),
    )
    if (options.json) printJson(counts)
    else print(`${file} can be applied: ${describePolicy(counts)}`)
  },
})
