import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { givenLimits, limitOptions } from '../limit-options.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd namespace add` */
export const namespaceAddCommand = defineCommand({
  command: 'add <name>',
  describe: 'Make a namespace, with keys of its own, that clients can be put into',
  positionals: { name: { type: 'string', describe: 'name of the namespace' } },
  options: {
    ...placeOptions,
    ...limitOptions,
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 namespace add payments --data ./data', 'a tenant of several clients'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const namespace = await withAdmin({ ...options, spareKeys: 1 }, async (admin) =>
      admin['namespace.add']({ name, ...givenLimits(options) }),
    )
    if (options.json) {
      printJson(namespace)
      return
    }
    print(`added the namespace ${name}: 'kmipd client add NAME --namespace ${name}' fills it`)
  },
})
