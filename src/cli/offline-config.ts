import type { Config } from '../config/defaults.ts'
import type { CoreOptions } from './core.ts'

/** What of a configuration holds for whoever opens the store. */
export type StoreConfig = Pick<Config, 'approvals' | 'integrity' | 'audit' | 'identity'>

/** The configuration that a command without a server was given; undefined where it was given none. Throws as `loadConfig` does. */
export async function readOfflineConfig(path: string | undefined): Promise<Config | undefined> {
  if (path === undefined) return undefined
  const { loadConfig } = await import('../config/load.ts')
  return loadConfig(path)
}

/** What a configuration says of the store, the audit, and what waits for officers: the same for the server and without one. */
export function storeOptionsOf(
  config: StoreConfig | undefined,
): Pick<CoreOptions, 'anchor' | 'ballast' | 'approvals' | 'audit'> {
  if (config === undefined) return {}
  const { approvals, integrity, audit } = config
  return {
    anchor: integrity.anchor,
    ballast: integrity.ballast,
    approvals,
    audit: { limits: audit, place: audit.directory },
  }
}
