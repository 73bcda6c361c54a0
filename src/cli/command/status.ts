import type { ServerStatus } from '../../admin/schema.ts'
import type { AdminService } from '../../admin/service.ts'
import { defineCommand } from '../define-command.ts'
import { jsonOption } from '../option.ts'
import { placeOf, placeOptions, type Place } from '../place-options.ts'
import { keyFields } from '../key-report.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'

/** `kmipd status` */
export const statusCommand = defineCommand({
  command: 'status',
  describe: 'Say whether a server runs on a data directory, and how it is',
  options: { ...placeOptions, json: jsonOption },
  example: ['$0 status --data ./data --json', 'for a script'],
  async run(options) {
    const { json } = options
    const { admin, about, where } = await find(options)
    if (admin === undefined) {
      if (json) printJson({ ...about, serving: false })
      else print(`no server runs on ${where}`)
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
      ...auditFields(status.audit),
      ...status.revocation.map(({ authority, problem }): [string, string] => [
        'revocation',
        `${problem} (authority ${authority.slice(0, 16)})`,
      ]),
      ...Object.entries(counters).map(([name, count]): [string, string] => [name, String(count)]),
    ])
  },
})

function auditFields({ verified, problem }: ServerStatus['audit']): (readonly [string, string])[] {
  const done = verified && `${verified.entries} entries, ${formatDate(verified.at)}`
  return [
    ['audit verified', done ?? 'not yet'],
    ...(problem === undefined ? [] : [['audit', problem] as const]),
  ]
}

/** The server that is asked, if one runs, and what is known of it without asking. */
async function find(options: Place): Promise<{
  readonly admin: AdminService | undefined
  readonly about: Readonly<Record<string, string>>
  readonly where: string
}> {
  const place = placeOf(options)
  if (typeof place !== 'string') {
    const { connectServer } = await import('../remote-server.ts')
    const where = `${place.host}:${place.port}`
    return { admin: await connectServer(place), about: { server: where }, where }
  }
  const { openDataDirectory, pathIn } = await import('../../adapter/data-directory.ts')
  const { connectAdmin } = await import('../../admin/client.ts')
  const directory = await openDataDirectory(place)
  return {
    admin: await connectAdmin(pathIn(directory, 'socket')),
    about: { data: directory.path, root: directory.root.kind },
    where: directory.path,
  }
}
