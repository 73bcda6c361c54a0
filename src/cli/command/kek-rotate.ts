import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd kek rotate` */
export const kekRotateCommand = defineCommand({
  command: 'rotate',
  describe: 'Seal under a new key-encryption key, move every record to it and destroy the old one',
  options: {
    ...placeOptions,
    namespace: textOption('namespace', 'whose key it is [default: default]'),
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 kek rotate --data ./data', 'beside a running server, or without one'],
  async run(options) {
    const { rotateKey } = await import('../rotate-key.ts')
    const { isDone, moved, ...result } = await rotateKey(options)
    if (options.json) {
      printJson({ ...result, done: isDone, ...(isDone && { moved }) })
      return
    }
    print(`everything is sealed under epoch ${result.epoch} from now on`)
    if (isDone) print(`${moved} records moved to it, and the old key is destroyed`)
    else print("the running server moves the records to it: 'kmipd kek status' says how far it is")
  },
})
