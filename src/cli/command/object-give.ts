import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd object give` */
export const objectGiveCommand = defineCommand({
  command: 'give <id> <client>',
  describe: 'Give a managed object to another client of its namespace',
  positionals: {
    id: { type: 'string', describe: 'Unique Identifier of the object' },
    client: { type: 'string', describe: 'name of the client that it is to belong to' },
  },
  options: { ...placeOptions, ...approvalOptions, ...openingOptions, json: jsonOption },
  example: [
    '$0 object give 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 app-2 --data ./data',
    'one object',
  ],
  async run(options, { id = '', client = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const given = await withAdmin(options, async (admin) => admin['object.give']({ id, client }))
    if (options.json) {
      printJson(given)
      return
    }
    print(`${id} was of ${given.from} and is of ${given.to}`)
  },
})
