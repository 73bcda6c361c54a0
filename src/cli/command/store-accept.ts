import { defineCommand } from '../define-command.ts'
import { openingOptions, withAccess } from '../opening.ts'
import { dataOption, jsonOption, textOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { reasonOf } from '../reason.ts'

/** `kmipd store accept` */
export const storeAcceptCommand = defineCommand({
  command: 'accept',
  describe: 'Take a store as it is: write its anchors anew, after a restore or for a new --anchor',
  options: {
    data: dataOption,
    anchor: textOption('anchor', 'file elsewhere that the head of the store is kept in, too'),
    'new-audit': textOption(
      'new-audit',
      'why a new audit log is to be begun where the old one is refused, or lost for good',
    ),
    clock: {
      type: 'boolean',
      default: false,
      describe: 'take the time of day as it is, though it was later once',
    },
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 store accept --data ./data', 'after the directory was put back on purpose'],
  async run(options) {
    const given = options['new-audit']
    const newLogFor = given === undefined ? undefined : reasonOf('new-audit', given)
    const { openDataDirectory } = await import('../../adapter/data-directory.ts')
    const { SILENT } = await import('../admin-session.ts')
    const { openCore } = await import('../core.ts')
    const { acceptStore } = await import('../store-acceptance.ts')
    const directory = await openDataDirectory(options.data)
    const { anchor } = options
    const core = await withAccess(options, async (access) =>
      openCore(directory, { ...access, log: SILENT, anchor, isUnproved: true }),
    )
    try {
      const { problem, left, behind } = await acceptStore(core, { newLogFor, clock: options.clock })
      if (options.json) printJson({ data: directory.path, problem, audit: left })
      else {
        print(`accepted: ${problem ?? 'the anchors said so already'}`)
        if (behind > 0)
          print(`the time of day, ${behind} seconds behind what it was, counts from now on`)
        if (left !== undefined) print(`a new audit log is begun: ${left.problem}`)
      }
    } finally {
      await core.close()
    }
  },
})
