import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOf, placeOptions } from '../place-options.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'

const ROLES_TEXT = 'what the client may do: user, reader, crypto-officer, operator or auditor'

/** `kmipd client add` */
export const clientAddCommand = defineCommand({
  command: 'add <name>',
  describe: 'Register a client and write its certificate and key',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: {
    ...placeOptions,
    out: {
      ...textOption('out', 'directory for NAME.crt, NAME.key and ca.crt, made when missing'),
      demandOption: true,
    },
    role: textOption('role', `${ROLES_TEXT} [default: user]`),
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 client add web --data ./data --out ./web', 'a client that may use its own objects'],
  async run(options, { name = '' }) {
    const { out, role: roleName, json } = options
    const place = placeOf(options)
    const { DEFAULT_ROLE, ROLE_NAMES } = await import('../../config/roles.ts')
    const { isClientName } = await import('../../repository/client-registry.ts')
    const { NAME_RULE } = await import('../../admin/service.ts')
    const role = ROLE_NAMES.find((known) => known === (roleName ?? DEFAULT_ROLE))
    if (role === undefined) {
      throw wrongUsage(
        `--role: there is no role ${String(roleName)}`,
        `the roles are ${ROLE_NAMES.join(' and ')}`,
      )
    }
    if (!isClientName(name)) throw wrongUsage(`'${name}' is not a name for a client`, NAME_RULE)
    const { withAdmin } = await import('../admin-session.ts')
    const { openDataDirectory, pathIn } = await import('../../adapter/data-directory.ts')
    const { planClientFiles, writeClientFiles } = await import('../client-files.ts')
    const authority =
      typeof place === 'string' ? pathIn(await openDataDirectory(place), 'authority') : place.ca
    const planned = await planClientFiles({ authority, out, name })
    const client = await withAdmin(options, async (admin) =>
      writeClientFiles(planned, async (publicKey) =>
        admin['client.add']({ name, role, publicKey }),
      ),
    )
    const { files } = planned
    const summary = { id: client.id, name, role, notAfter: client.notAfter, ...files }
    if (json) {
      printJson(summary)
      return
    }
    print(`added the client ${name}`)
    printFields([
      ['certificate', files.certificate],
      ['key', files.key],
      ['authority', files.authority],
      ['role', role],
      ['ends', formatDate(client.notAfter)],
    ])
  },
})
