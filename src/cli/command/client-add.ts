import { approvalOptions } from '../approval-options.ts'
import { defineCommand, type Given } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOf, placeOptions } from '../place-options.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'

const ROLES_TEXT =
  'what the client may do: user, reader, crypto-officer, operator, auditor or a role of the policy'

const OPTIONS = {
  ...placeOptions,
  out: textOption('out', 'directory for NAME.crt, NAME.key and ca.crt, made when missing'),
  certificate: textOption(
    'certificate',
    'certificate (PEM) that an authority has signed already, in place of --out',
  ),
  namespace: textOption('namespace', 'the namespace it is put into, for life [default: none]'),
  role: textOption('role', `${ROLES_TEXT} [default: user]`),
  ...approvalOptions,
  ...openingOptions,
  json: jsonOption,
}

/** `kmipd client add` */
export const clientAddCommand = defineCommand({
  command: 'add [name]',
  describe: 'Register a client: write its certificate and key, or take a certificate that it has',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: OPTIONS,
  example: ['$0 client add web --data ./data --out ./web', 'a client that may use its own objects'],
  async run(options, { name = '' }) {
    const { DEFAULT_ROLE } = await import('../../config/roles.ts')
    const { isClientName } = await import('../../repository/client-registry.ts')
    const { NAME_RULE } = await import('../../admin/name-rule.ts')
    const { roleOf } = await import('../role-option.ts')
    const role = await roleOf(options.role ?? DEFAULT_ROLE)
    const { certificate, out } = options
    if ((certificate === undefined) === (out === undefined)) {
      throw wrongUsage('give one of --out and --certificate')
    }
    if (name === '' && out !== undefined)
      throw wrongUsage('a word is missing: the name of the client')
    if (name !== '' && !isClientName(name)) {
      throw wrongUsage(`'${name}' is not a name for a client`, NAME_RULE)
    }
    if (certificate !== undefined) await register(options, { name, role, path: certificate })
    else await issue(options, { name, role, out: out ?? '' })
  },
})

/** Takes a certificate that the client has already. */
async function register(
  options: Given<typeof OPTIONS>,
  { name, role, path }: { readonly name: string; readonly role: string; readonly path: string },
): Promise<void> {
  const { withAdmin } = await import('../admin-session.ts')
  const { readCertificateOption } = await import('../certificate-option.ts')
  const { printClient } = await import('../client-report.ts')
  const certificate = await readCertificateOption('--certificate', path)
  const { namespace } = options
  const request = { role, certificate, namespace, ...(name === '' ? {} : { name }) }
  const client = await withAdmin(options, async (admin) => admin['client.register'](request))
  printClient(client, options.json)
}

/** Has the server's own authority sign for a new key. */
async function issue(
  options: Given<typeof OPTIONS>,
  { name, role, out }: { readonly name: string; readonly role: string; readonly out: string },
): Promise<void> {
  const { namespace } = options
  const place = placeOf(options)
  const { withAdmin } = await import('../admin-session.ts')
  const { openDataDirectory, pathIn } = await import('../../adapter/data-directory.ts')
  const { planClientFiles, writeClientFiles } = await import('../client-files.ts')
  const authority =
    typeof place === 'string' ? pathIn(await openDataDirectory(place), 'authority') : place.ca
  const isApproved = options.approval !== undefined
  const planned = await planClientFiles({ authority, out, name, isApproved })
  const client = await withAdmin(options, async (admin) =>
    writeClientFiles(planned, async (publicKey) =>
      admin['client.add']({ name, role, publicKey, namespace }),
    ),
  )
  const { files } = planned
  const summary = { id: client.id, name, role, namespace, notAfter: client.notAfter, ...files }
  if (options.json) {
    printJson(summary)
    return
  }
  print(`added the client ${name}`)
  printFields([
    ['certificate', files.certificate],
    ['key', files.key],
    ['authority', files.authority],
    ['role', role],
    ...(namespace === undefined ? [] : [['namespace', namespace] as const]),
    ['ends', formatDate(client.notAfter)],
  ])
}
