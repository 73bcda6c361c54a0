import { auditPlaceOptions } from '../audit-place.ts'
import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { textOption } from '../option.ts'
import { print, printJson } from '../output.ts'

/** `kmipd audit prove` */
export const auditProveCommand = defineCommand({
  command: 'prove <index>',
  describe: 'Prove that an entry is in an audit log, to whoever has its public key',
  positionals: { index: { type: 'string', describe: 'number of the entry, first 0' } },
  options: {
    ...auditPlaceOptions,
    output: textOption('output', 'file to write the proof to [default: standard output]'),
  },
  example: [
    '$0 audit prove 4711 --data ./data --output entry.json',
    "which 'audit verify --proof entry.json' checks elsewhere",
  ],
  async run(options, { index = '' }) {
    const { auditPlace } = await import('../audit-place.ts')
    const { proveEntry } = await import('../../adapter/audit-log/prove.ts')
    const { writeNewFile } = await import('../../adapter/data-directory-build.ts')
    if (!/^\d{1,15}$/.test(index)) throw wrongUsage(`'${index}' is not the number of an entry`)
    const proof = proveEntry(auditPlace(options), Number(index))
    const { output } = options
    if (output === undefined) {
      printJson(proof)
      return
    }
    await writeNewFile(output, Buffer.from(`${JSON.stringify(proof, null, 2)}\n`), 0o600)
    print(`proof of entry ${index} written to ${output}`)
  },
})
