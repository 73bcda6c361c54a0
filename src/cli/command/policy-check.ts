import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { CommandFailure } from '../failure.ts'
import { complain, print, printJson, tame, warn } from '../output.ts'

/** `kmipd policy check` */
export const policyCheckCommand = defineCommand({
  command: 'check <file>',
  describe: 'Say what is wrong with a policy file, and change nothing',
  positionals: { file: { type: 'string', describe: 'policy file (YAML)' } },
  options: {
    ...placeOptions,
    strict: {
      type: 'boolean',
      default: false,
      describe: 'fail where anything is warned of, too',
    },
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 policy check policy.yaml --data ./data', 'whether it could be applied'],
  async run(options, { file = '' }) {
    const { counted, describePolicy } = await import('../policy-text.ts')
    const { readTextFile } = await import('../text-file.ts')
    const { withAdmin } = await import('../admin-session.ts')
    const text = await readTextFile(file)
    const { counts, errors, warnings } = await withAdmin(options, async (admin) =>
      admin['policy.check']({ text, name: file }),
    )
    if (options.json) printJson({ counts, errors, warnings })
    for (const warning of warnings) warn(tame(warning))
    const [only] = errors
    if (counts === undefined) {
      if (only !== undefined && errors.length === 1) throw new CommandFailure(only)
      for (const error of errors) complain(error)
      throw new CommandFailure(`${file} cannot be applied: ${errors.length} errors`)
    }
    if (!options.json) print(`${file} can be applied: ${describePolicy(counts)}`)
    if (options.strict && warnings.length > 0) {
      throw new CommandFailure(`${file} has ${counted(warnings.length, 'warning')}`)
    }
  },
})
