import type { Log } from '../../src/port/log.ts'

const nothing = (): void => undefined

export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => silentLog,
}
