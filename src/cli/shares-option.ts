import type { ShareCount } from '../adapter/backup/share-set.ts'
import { wrongUsage } from './failure.ts'
import { textOption, type ValueOption } from './option.ts'

const text = textOption(
  'shares',
  'M/N: split the key of the backup among N people, of whom any M open it',
)

/** `--shares M/N` */
export const sharesOption: ValueOption<ShareCount> = {
  type: 'string',
  requiresArg: true,
  describe: text.describe,
  coerce: (value) => {
    const given = text.coerce(value)
    const [, threshold = 0, parts = 0] = (/^(\d{1,3})\/(\d{1,3})$/.exec(given) ?? []).map(Number)
    if (threshold >= 2 && threshold <= parts && parts <= MOST) return { threshold, parts }
    throw wrongUsage(`--shares takes M/N with M from 2 to N and N up to ${MOST}, not '${given}'`)
  },
}

const MOST = 255
