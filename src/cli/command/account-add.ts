import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd account add` */
export const accountAddCommand = defineCommand({
  command: 'add <name>',
  describe: 'Give a client a user name and a password, which narrow what it may do',
  positionals: { name: { type: 'string', describe: 'user name' } },
  options: {
    ...placeOptions,
    client: { ...textOption('client', 'name of the client'), demandOption: true },
    role: {
      ...textOption('role', 'what must be allowed beside what the client may do, as in reader'),
      demandOption: true,
    },
    'password-file': {
      ...textOption('password-file', 'file whose first line is the password'),
      demandOption: true,
    },
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    '$0 account add nightly --client app --role reader --password-file pw --data ./data',
    'messages with that user name may only read',
  ],
  async run(options, { name = '' }) {
    const { client, json } = options
    const { roleOf } = await import('../role-option.ts')
    const { withAdmin } = await import('../admin-session.ts')
    const { readVerifier } = await import('../password-option.ts')
    const role = await roleOf(options.role)
    const verifier = await readVerifier(options['password-file'])
    const added = await withAdmin(options, async (admin) =>
      admin['account.add']({ client, name, role, verifier }),
    )
    if (json) printJson(added)
    else print(`added the account ${name} of the client ${client}`)
  },
})
