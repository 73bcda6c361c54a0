import type { Config } from '../config/defaults.ts'
import type { Log } from '../port/log.ts'

/**
 * Warns of names in the configuration that no client has: what is said of them has no effect until one is added, and a
 * name that was misspelt would otherwise go unnoticed.
 *
 * @param registered - names of the clients that there are
 */
export function warnOfUnknownClients(
  { clients, endpoints, certification }: Config,
  registered: readonly string[],
  log: Log,
): void {
  const named = [
    ...clients.map(({ name }) => ({ section: 'clients', client: name })),
    ...endpoints.map(({ client }) => ({ section: 'endpoints', client })),
    ...(certification.client === undefined
      ? []
      : [{ section: 'certification', client: certification.client }]),
  ]
  const known = new Set(registered)
  for (const each of named) {
    if (!known.has(each.client)) log.warn('configured client is not registered', each)
  }
}
