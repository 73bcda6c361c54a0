import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The modules of the program that are exchanged, and what stands in their place. */
const EXCHANGED = {
  'item-audit.js': 'server/audit/item-audit.js',
  'message-audit.js': 'server/audit/message-audit.js',
  'outbox.js': 'server/outbox.js',
} as const

/**
 * Makes a copy of the built program that tells its audit nothing of what clients ask: there is no such switch in the
 * product. Gives its path.
 */
export function buildUnaudited(): string {
  const place = new URL('../../unaudited/', import.meta.url)
  const path = (name: string): string => fileURLToPath(new URL(name, place))
  rmSync(path('.'), { recursive: true, force: true })
  cpSync(fileURLToPath(new URL('../../dist/', import.meta.url)), path('dist'), {
    recursive: true,
    dereference: true,
  })
  for (const [name, module] of Object.entries(EXCHANGED)) {
    const place = path(`dist/${module}`)
    if (!existsSync(place)) throw new RangeError(`the program has no ${module} any more`)
    cpSync(fileURLToPath(new URL(name, import.meta.url)), place)
  }
  symlinkSync(
    fileURLToPath(new URL('../../../../package.json', import.meta.url)),
    path('package.json'),
  )
  return path('dist/cli/kmipd.js')
}
