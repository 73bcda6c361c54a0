import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { printFields, printJson } from '../output.ts'

/** `kmipd object show` */
export const objectShowCommand = defineCommand({
  command: 'show <id>',
  describe: 'Show what is known of a managed object; never what it holds',
  positionals: { id: { type: 'string', describe: 'Unique Identifier of the object' } },
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 object show 5d2e0a4e-6f0c-4c55-9c1f-5b0f4a3d7e21 --data ./data', 'one object'],
  async run(options, { id = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const object = await withAdmin(options, async (admin) => admin['object.show']({ id }))
    if (options.json) {
      printJson(object)
      return
    }
    printFields([
      ['owner', object.owner],
      ...object.attributes.map(({ name, value }): [string, string] => [name, value]),
    ])
  },
})
