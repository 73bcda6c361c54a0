import { defineCommand } from '../define-command.ts'
import { openingOptions, withAccess } from '../opening.ts'
import { dataOption, jsonOption, textOption } from '../option.ts'
import { print, printJson } from '../output.ts'
import { reasonOf } from '../reason.ts'

/** `kmipd audit accept` */
export const auditAcceptCommand = defineCommand({
  command: 'accept',
  describe: 'Begin a new audit log in the place of one that is refused, or lost for good',
  options: {
    data: dataOption,
    reason: textOption('reason', 'who takes that upon themselves and why: the first entry says so'),
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    "$0 audit accept --data ./data --reason 'O. Berg: disk 2 died, no copy is left'",
    'the files of the old log are kept beneath the new one',
  ],
  async run(options) {
    const reason = reasonOf('reason', options.reason)
    const { openDataDirectory } = await import('../../adapter/data-directory.ts')
    const { SILENT } = await import('../admin-session.ts')
    const { openCore } = await import('../core.ts')
    const { CommandFailure } = await import('../failure.ts')
    const directory = await openDataDirectory(options.data)
    const core = await withAccess(options, async (access) =>
      openCore(directory, { ...access, log: SILENT, audit: { newLogFor: reason } }),
    )
    try {
      const left = core.audit?.left
      if (left === undefined) {
        throw new CommandFailure('the audit log is the one that the store knows of', {
          hint: 'there is nothing to accept',
        })
      }
      if (options.json) printJson({ data: directory.path, ...left })
      else print(`a new audit log is begun: ${left.problem}`)
    } finally {
      await core.close()
    }
  },
})
