import { defineCommand } from '../define-command.ts'
import { dataOption, jsonOption } from '../option.ts'
import { keyFields } from '../key-report.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'

/** `kmipd status` */
export const statusCommand = defineCommand({
  command: 'status',
  describe: 'Say whether a server runs on a data directory, and how it is',
  options: { data: dataOption, json: jsonOption },
  example: ['$0 status --data ./data --json', 'for a script'],
  async run({ data, json }) {
    const { openDataDirectory, pathIn } = await import('../../adapter/data-directory.ts')
    const { connectAdmin } = await import('../../admin/client.ts')
    const directory = await openDataDirectory(data)
    const admin = await connectAdmin(pathIn(directory, 'socket'))
    const about = { data: directory.path, root: directory.root.kind }
    if (admin === undefined) {
      if (json) printJson({ ...about, serving: false })
      else print(`no server runs on ${directory.path}`)
      return
    }
    const status = await admin.status({})
    if (json) {
      printJson({ ...about, serving: true, ...status })
      return
    }
    const { counters } = status
    printFields([
      ['serving', status.listening],
      ['state', status.reason === undefined ? status.state : `${status.state}: ${status.reason}`],
      ['version', status.version],
      ['process', String(status.process)],
      ['up for', `${status.uptime} s`],
      ['clients', String(status.clients)],
      ['certificate ends', formatDate(status.certificateEnds)],
      ...keyFields(status.keys),
      ['restored', status.generation === 0 ? 'never' : `${status.generation} times`],
      ...Object.entries(counters).map(([name, count]): [string, string] => [name, String(count)]),
    ])
  },
})
