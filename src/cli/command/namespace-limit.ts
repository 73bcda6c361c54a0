import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { namespaceLimitOptions } from '../namespace-limits.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd namespace limit` */
export const namespaceLimitCommand = defineCommand({
  command: 'limit <name>',
  describe: 'Say how much there may be in a namespace; what is not given is without limit',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: {
    ...placeOptions,
    ...namespaceLimitOptions,
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 namespace limit payments --objects 10000 --data ./data', 'and no more'],
  async run(options, { name = '' }) {
    const { objects, bytes } = options
    const { withAdmin } = await import('../admin-session.ts')
    const namespace = await withAdmin(options, async (admin) =>
      admin['namespace.limit']({ name, objects, bytes }),
    )
    if (options.json) {
      printJson(namespace)
      return
    }
    print(`limited the namespace ${name}`)
  },
})
