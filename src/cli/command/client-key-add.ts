import { printClient } from '../client-report.ts'
import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'

/** `kmipd client key add` */
export const clientKeyAddCommand = defineCommand({
  command: 'add <name>',
  describe: 'Let a client in with another certificate as well',
  positionals: { name: { type: 'string', describe: 'name of the client' } },
  options: {
    ...placeOptions,
    certificate: {
      ...textOption('certificate', 'certificate (PEM) that one of the authorities signed'),
      demandOption: true,
    },
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 client key add web --certificate new.crt --data ./data', 'before the old one ends'],
  async run(options, { name = '' }) {
    const { withAdmin } = await import('../admin-session.ts')
    const { readCertificateOption } = await import('../certificate-option.ts')
    const certificate = await readCertificateOption('--certificate', options.certificate)
    const client = await withAdmin(options, async (admin) =>
      admin['client.key.add']({ name, certificate }),
    )
    printClient(client, options.json)
  },
})
