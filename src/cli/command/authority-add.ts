import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { choiceOption, jsonOption, textOption } from '../option.ts'
import { formatDate, print, printFields, printJson } from '../output.ts'
import { placeOptions } from '../place-options.ts'

const LABELS = ['cn', 'san-dns', 'san-uri', 'san-email'] as const

/** `kmipd authority add` */
export const authorityAddCommand = defineCommand({
  command: 'add <file>',
  describe: 'Trust an authority of others: clients with its certificates can be registered',
  positionals: { file: { type: 'string', describe: 'its certificate (PEM)' } },
  options: {
    ...placeOptions,
    crl: textOption('crl', 'file of its revocation list, PEM or DER, read anew when it changes'),
    label: choiceOption(
      'label',
      'where the name of a client is in its certificate, for client add without a name: ' +
        'cn, san-dns, san-uri or san-email',
      LABELS,
    ),
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 authority add corp.crt --crl corp.crl --data ./data', 'with a revocation list'],
  async run(options, { file = '' }) {
    const path = await import('node:path')
    const { withAdmin } = await import('../admin-session.ts')
    const { readCertificateOption } = await import('../certificate-option.ts')
    const { crl, label, json } = options
    const request = {
      certificate: await readCertificateOption('file', file),
      ...(crl === undefined ? {} : { crl: options.server === undefined ? path.resolve(crl) : crl }),
      ...(label === undefined ? {} : { label }),
    }
    const added = await withAdmin(options, async (admin) => admin['authority.add'](request))
    if (json) {
      printJson(added)
      return
    }
    print(`clients may have certificates of ${added.subject} from now on`)
    printFields([
      ['id', added.id],
      ['ends', formatDate(added.notAfter)],
      ['revocation list', added.crl ?? 'none'],
    ])
  },
})
