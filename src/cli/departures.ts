import type { Services } from '../operation/context.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { Jobs } from '../server/jobs.ts'
import type { Core } from './core.ts'
import type { Gate } from './trust.ts'

/** Whether a client was removed, or is suspended. */
export function isDeparted(clients: Pick<ClientRegistry, 'find'>, id: string): boolean {
  const client = clients.find(id)
  return client === undefined || client.isSuspended === true
}

/** Ends what is under way for clients and accounts that are gone, whenever somebody is or a certificate is revoked. */
export function departuresOf(
  { clients }: Pick<Core, 'clients'>,
  { jobs, services }: { readonly jobs: Jobs | undefined; readonly services: Services },
): Gate {
  const isGone = (id: string): boolean => isDeparted(clients, id)
  return {
    renewTls: () => undefined,
    sweep() {
      jobs?.endUnknown()
      services.cryptoki.endOf(isGone)
      services.streams.endOf(isGone)
    },
  }
}
