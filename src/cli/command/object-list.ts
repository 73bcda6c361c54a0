import { defineCommand } from '../define-command.ts'
import { openingOptions } from '../opening.ts'
import { jsonOption, numberOption, textOption } from '../option.ts'
import { placeOptions } from '../place-options.ts'
import { print, printJson, printTable } from '../output.ts'

/** `kmipd object list` */
export const objectListCommand = defineCommand({
  command: 'list',
  describe: 'List the managed objects of every client',
  options: {
    ...placeOptions,
    limit: numberOption('limit', 'most that are listed [default: 100]', { least: 1, most: 1000 }),
    after: textOption('after', 'where the page before ended'),
    ...openingOptions,
    json: jsonOption,
  },
  example: ['$0 object list --data ./data --limit 10', 'the first ten'],
  async run(options) {
    const { limit = 100, after } = options
    const { withAdmin } = await import('../admin-session.ts')
    const page = await withAdmin(options, async (admin) =>
      admin['object.list']({ limit, ...(after === undefined ? {} : { after }) }),
    )
    if (options.json) {
      printJson(page)
      return
    }
    const rows = page.objects.map(
      ({ id, type, state = '', algorithm = '', length, name = '', owner, namespace = '' }) => [
        id,
        type,
        state,
        length === undefined ? algorithm : `${algorithm} ${length}`.trim(),
        name,
        owner,
        namespace,
      ],
    )
    printTable(['id', 'type', 'state', 'algorithm', 'name', 'owner', 'namespace'], rows)
    if (page.next !== undefined) print(`more with --after ${page.next}`)
  },
})
