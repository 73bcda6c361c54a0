import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { formatDate, printJson, printTable } from '../output.ts'

/** `kmipd client list` */
export const clientListCommand = defineCommand({
  command: 'list',
  describe: 'List the registered clients',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 client list --data ./data', 'every client with its role'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const { clients } = await withAdmin(options, async (admin) => admin['client.list']({}))
    if (options.json) {
      printJson(clients)
      return
    }
    const rows = clients.map(({ name, role, namespace = '', added, notAfter, id }) => [
      name,
      role,
      namespace,
      formatDate(added),
      formatDate(notAfter),
      id,
    ])
    printTable(['name', 'role', 'namespace', 'added', 'ends', 'id'], rows)
  },
})
