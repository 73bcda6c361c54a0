import type { ObjectCatalogue } from '../admin/catalogue.ts'
import type { Config } from '../config/defaults.ts'
import type { Log } from '../port/log.ts'
import type { MessageHandler } from '../server/handler.ts'
import type { Core } from './core.ts'

/** Answers KMIP messages over what the core holds. */
export function createHandler(_core: Core, _config: Config, _log: Log): MessageHandler {
  return { handle: async () => Promise.resolve(undefined) }
}

/** Lists managed objects for those who run the server. */
export function createCatalogue(_core: Core): ObjectCatalogue {
  return {
    list: async () => Promise.resolve({ objects: [] }),
    show: async () => Promise.resolve(undefined),
  }
}
