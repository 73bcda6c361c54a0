import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { formatDate, printJson, printTable } from '../output.ts'

/** `kmipd namespace list` */
export const namespaceListCommand = defineCommand({
  command: 'list',
  describe: 'List the namespaces',
  options: { ...placeOptions, ...openingOptions, json: jsonOption },
  example: ['$0 namespace list --data ./data', 'every namespace with its limits'],
  async run(options) {
    const { withAdmin } = await import('../admin-session.ts')
    const { namespaces } = await withAdmin(options, async (admin) => admin['namespace.list']({}))
    if (options.json) {
      printJson(namespaces)
      return
    }
    const rows = namespaces.map(({ name, clients, limits, added, id }) => [
      name,
      String(clients),
      String(limits.objects ?? ''),
      String(limits.bytes ?? ''),
      formatDate(added),
      id,
    ])
    printTable(['name', 'clients', 'objects', 'bytes', 'added', 'id'], rows)
  },
})
