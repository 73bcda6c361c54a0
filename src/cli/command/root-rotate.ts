import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { newRootOptions, withNewRoot } from '../new-root.ts'
import { openingOptions } from '../opening.ts'
import { choiceOption, dataOption, jsonOption } from '../option.ts'
import { print, printJson, warn } from '../output.ts'
import { ROOTS } from '../root-request.ts'

/** `kmipd root rotate` */
export const rootRotateCommand = defineCommand({
  command: 'rotate',
  describe:
    'Put another root of trust, of the same kind or another, in the place of that of a store',
  options: {
    data: dataOption,
    to: {
      ...choiceOption('to', 'what opens the store from then on: file, passphrase or pkcs11', ROOTS),
      demandOption: true,
    },
    ...newRootOptions,
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    '$0 root rotate --data ./data --to passphrase --new-passphrase-file ./new',
    'a passphrase in the place of root.key',
  ],
  async run(options) {
    const { rotateDirectoryRoot } = await import('../rotate-root.ts')
    const { to, json } = options
    const rotated = await withNewRoot({ kind: to, option: '--to' }, options, async (request) =>
      rotateDirectoryRoot(options, request),
    )
    warn('backups made until now are opened by the old root alone')
    if (rotated.oldKey !== undefined) {
      warn('the old key is still in its token: remove it there when no such backup is needed')
    }
    if (json) printJson(rotated)
    else print(`the store is opened by its new root of trust (${rotated.to}) from now on`)
  },
})
