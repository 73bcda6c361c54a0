import { approvalOptions } from '../approval-options.ts'
import { defineCommand } from '../define-command.ts'
import { wrongUsage } from '../failure.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson } from '../output.ts'

/** `kmipd audit prune` */
export const auditPruneCommand = defineCommand({
  command: 'prune',
  describe: 'Move old files of the audit log into its archive, once they are exported or copied',
  options: {
    ...placeOptions,
    before: textOption('before', 'day or moment, in UTC: whole files from before it are moved'),
    ...approvalOptions,
    ...openingOptions,
    json: jsonOption,
  },
  example: [
    '$0 audit prune --data ./data --before 2026-10-01',
    'into data/audit/archive, from where it may be taken away',
  ],
  async run(options) {
    const before = secondsOf(options.before)
    const { withAdmin } = await import('../admin-session.ts')
    const done = await withAdmin(options, async (admin) => admin['audit.prune']({ before }))
    if (options.json) printJson(done)
    else if (done.segments === 0) print('no file of the log is wholly from before that')
    else
      print(`${done.entries} entries moved to the archive: the log begins with ${done.first} now`)
  },
})

/** Throws wrong usage. */
function secondsOf(text: string | undefined): number {
  const time = text !== undefined && MOMENT.test(text) ? Date.parse(text) : NaN
  if (time >= 0) return Math.floor(time / 1_000)
  throw wrongUsage('--before takes a day or a moment, as in 2026-10-01 or 2026-10-01T12:00:00Z')
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/
