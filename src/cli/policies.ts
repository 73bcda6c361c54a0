import { systemClock } from '../adapter/clock-system.ts'
import { PolicyOffice } from '../admin/policy-office.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Store } from '../port/store.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { NamespaceRegistry } from '../repository/namespace-registry.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import { PolicyBook } from '../repository/policy-book.ts'

/** What policies are about. */
export interface PolicyGround {
  readonly store: Store
  readonly sealer: Sealer
  readonly clients: ClientRegistry
  readonly namespaces: NamespaceRegistry
  readonly objects: ObjectRepository
}

/** Reads the policy of a store. */
export async function openPolicies(ground: PolicyGround): Promise<PolicyOffice> {
  const { store, sealer, clients, namespaces, objects } = ground
  return PolicyOffice.open({
    store,
    book: new PolicyBook(store, sealer),
    clock: systemClock,
    names: {
      client: (name) => clients.named(name)?.id,
      namespace: (name) => namespaces.list().find((each) => each.name === name)?.id,
    },
    officers: () =>
      clients
        .list()
        .filter(({ role, isSuspended }) => role === 'crypto-officer' && isSuspended !== true)
        .length,
    identityOf: (name) => clients.named(name),
    objectFor: async ({ id, namespace }, object) =>
      objects.begin({ owner: id, namespace, now: Math.trunc(systemClock.now()) }).find(object),
  })
}
