import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { givenLimits, limitOptions } from '../limit-options.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd namespace limit` */
export const namespaceLimitCommand = defineCommand({
  command: 'limit <name>',
  describe:
    'Say how much there may be in a namespace and be asked for; what is not given is without limit of its own',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: {
    ...placeOptions,
    ...limitOptions,
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 namespace limit payments --objects 10000 --data ./data', 'and no more'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const namespace = await withAdmin(options, async (admin) =>
      admin['namespace.limit']({ name, ...givenLimits(options) }),
    )
    if (options.json) {
      printJson(namespace)
      return
    }
    print(`limited the namespace ${name}`)
  },
})
