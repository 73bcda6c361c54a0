import { KmipFault } from '../fault/fault.ts'
import { defaultsOfXml, xmlOfDefaults } from '../message/creation-rules.ts'
import { checkDefaults } from '../model/creation-rules.ts'
import type { Identity } from '../model/identity.ts'
import type { Namespace } from '../repository/namespace-record.ts'
import type { NamespaceRegistry } from '../repository/namespace-registry.ts'
import { isNamespaceName } from '../repository/namespace-registry.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import { limitsOf } from '../repository/limits.ts'
import type { Holder, Usage } from '../repository/usage.ts'
import { OFFER } from '../server/offer.ts'
import { clientNamed } from './call-subject.ts'
import type { AdminResponse } from './schema.ts'
import type { AdminService } from './admin-service.ts'

export interface NamespaceDeps {
  readonly namespaces: NamespaceRegistry
  readonly clients: Pick<ClientRegistry, 'list' | 'find' | 'named'>
  /** How much somebody has. */
  readonly usageOf: (holder: Holder) => Promise<Usage>
  /** Throws where a namespace is not empty; takes what is left of destroyed objects out of it. */
  readonly clear: (namespace: Namespace) => Promise<void>
  /** Gives an object to a client of its namespace. Throws `OBJECT_NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`. */
  readonly give: (uniqueIdentifier: string, client: Identity) => Promise<{ owner: string }>
}

/** The calls that look after namespaces. */
export type NamespaceCalls = Pick<
  AdminService,
  | 'namespace.add'
  | 'namespace.list'
  | 'namespace.show'
  | 'namespace.limit'
  | 'namespace.defaults.show'
  | 'namespace.defaults.set'
  | 'namespace.remove'
  | 'object.give'
>

type NamespaceSummary = AdminResponse<'namespace.add'>

export function namespaceCalls(deps: NamespaceDeps): NamespaceCalls {
  const { namespaces } = deps
  const summaryOf = (namespace: Namespace) => summary(namespace, clientsIn(namespace, deps).length)
  return {
    'namespace.add': async ({ name, ...limits }) => {
      if (!isNamespaceName(name)) throw new KmipFault('INVALID_FIELD', NAMESPACE_RULE)
      return summaryOf(await namespaces.add(name, limitsOf(limits)))
    },
    'namespace.list': async () => Promise.resolve({ namespaces: namespaces.list().map(summaryOf) }),
    'namespace.show': async ({ name }) => {
      const namespace = namespaces.named(name)
      const used = await deps.usageOf({ tenant: namespace.id })
      const clients = clientsIn(namespace, deps).map((client) => client.name)
      return { ...summaryOf(namespace), members: clients, used }
    },
    'namespace.limit': async ({ name, ...limits }) =>
      summaryOf(await namespaces.change(name, { limits: limitsOf(limits) })),
    'namespace.defaults.show': async ({ name }) =>
      Promise.resolve(defaultsTold(namespaces.named(name))),
    'namespace.defaults.set': async ({ name, text }) => {
      const defaults = text === '' ? [] : defaultsOfXml(text)
      checkDefaults(defaults, OFFER.objectTypes)
      return defaultsTold(await namespaces.change(name, { defaults }))
    },
    'namespace.remove': async ({ name }) => {
      const { id } = namespaces.named(name)
      await namespaces.remove(name, deps.clear)
      return { id, name }
    },
    'object.give': async ({ id, client }) => {
      const to = clientNamed(deps.clients, client)
      const { owner } = await deps.give(id, to)
      const from = deps.clients.find(owner)?.name ?? owner
      return { id, from, to: client }
    },
  }
}

/** Name of a namespace as a line of keys: those of whoever is in none are `default`. */
export function lineName(namespaces: Pick<NamespaceRegistry, 'get'>, line: string): string {
  return namespaces.get(line)?.name ?? line
}

/** The line of keys of a namespace. Throws `OBJECT_NOT_FOUND`. */
export function lineOf(namespaces: Pick<NamespaceRegistry, 'named'>, name: string): string {
  return name === 'default' ? name : namespaces.named(name).id
}

/** The identifier of the namespace that a new client is put into, if it is. Throws `OBJECT_NOT_FOUND`. */
export function entered(
  namespaces: Pick<NamespaceRegistry, 'named'>,
  name: string | undefined,
): string | undefined {
  if (name === undefined) return undefined
  const { id, isEnding = false } = namespaces.named(name)
  if (!isEnding) return id
  throw new KmipFault('OBJECT_NOT_FOUND', `The namespace ${name} is being removed`)
}

function clientsIn({ id }: Namespace, { clients }: Pick<NamespaceDeps, 'clients'>) {
  return clients.list().filter(({ namespace }) => namespace === id)
}

function defaultsTold({ name, defaults }: Namespace) {
  return { name, defaults: defaults.length, text: xmlOfDefaults(defaults) }
}

function summary({ id, name, added, limits, isEnding }: Namespace, clients: number) {
  const base: NamespaceSummary = { id, name, added, clients, limits: limitsOf(limits) }
  return isEnding === true ? { ...base, ending: true } : base
}

/** What a name must be, for people. */
export const NAMESPACE_RULE =
  "A namespace's name is 1 to 64 letters, digits and . _ - @, does not begin with . or - and is not 'default'"
