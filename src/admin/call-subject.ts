import { KmipFault } from '../fault/fault.ts'
import type { AuthorityBook } from '../repository/authority-book.ts'
import type { Client } from '../repository/client-record.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import type { NamespaceRegistry } from '../repository/namespace-registry.ts'
import type { CallSubject } from './call-approvals.ts'
import type { ObjectCatalogue } from './catalogue.ts'
import type { BackupRequest } from './schema.ts'

/** Where it is looked up what names mean. */
export interface Bearers {
  readonly clients: Pick<ClientRegistry, 'named'>
  readonly namespaces: Pick<NamespaceRegistry, 'named'>
  readonly authorities: Pick<AuthorityBook, 'list'>
  readonly objects: Pick<ObjectCatalogue, 'describe'>
}

/** The client of a name. Throws `OBJECT_NOT_FOUND`. */
export function clientNamed(clients: Pick<ClientRegistry, 'named'>, name: string): Client {
  const client = clients.named(name)
  if (client !== undefined) return client
  throw new KmipFault('OBJECT_NOT_FOUND', `There is no client of the name ${name}`)
}

/** Which client a name is that of now. Throws `OBJECT_NOT_FOUND`. */
export function clientMeant(name: string, { clients }: Pick<Bearers, 'clients'>): CallSubject {
  return { 'identifier of the client': clientNamed(clients, name).id }
}

/** Which namespace a name is that of now. Throws `OBJECT_NOT_FOUND`. */
export function namespaceMeant(
  name: string | undefined,
  { namespaces }: Pick<Bearers, 'namespaces'>,
): CallSubject {
  if (name === undefined) return {}
  return { 'identifier of the namespace': namespaces.named(name).id }
}

/** Whose keys are rotated: those of whoever is in no namespace have no identifier. Throws `OBJECT_NOT_FOUND`. */
export function rotationSubject(
  namespace: string,
  bearers: Pick<Bearers, 'namespaces'>,
): CallSubject {
  const isDefault = namespace === 'default'
  return { namespace, ...namespaceMeant(isDefault ? undefined : namespace, bearers) }
}

/** Who gets a backup, and what opens it; the identifier of a set of shares is another one each time. */
export function backupSubject({ shares }: BackupRequest): CallSubject {
  const root = 'the root of trust of the store'
  const parts = shares && `any ${shares.threshold} of ${shares.parts} shares`
  return {
    'goes to': shares === undefined ? 'whoever asks' : 'whoever asks, with every share',
    'opened by': parts === undefined ? `${root} alone` : `${root}, or ${parts} without it`,
    threshold: shares?.threshold,
    parts: shares?.parts,
  }
}

/** The key of a client that begins so; the call itself refuses what begins none, or several. */
export function keysMeant(name: string, start: string, { clients }: Bearers): CallSubject {
  const keys = clientNamed(clients, name).keys.map(({ subject }) => subject)
  return { key: keys.filter((subject) => subject.startsWith(start)) }
}

/** The account of a name, which another may have had before. */
export function accountMeant(owner: string, name: string, { clients }: Bearers): CallSubject {
  const { accounts = [] } = clientNamed(clients, owner)
  const account = accounts.find((each) => each.name === name)
  return { 'identifier of the account': account?.id }
}

/** The authorities that begin so; the call itself refuses what begins none, or several. */
export function authoritiesMeant(start: string, { authorities }: Bearers): CallSubject {
  const all = authorities.list().map(({ id }) => id)
  return { authority: all.filter((id) => id.startsWith(start)) }
}

/** What is under a Unique Identifier now: a client may import something else in its place. Throws `OBJECT_NOT_FOUND`. */
export async function objectMeant(id: string, { objects }: Bearers): Promise<CallSubject> {
  const object = await objects.describe(id)
  if (object.length > 0) return { object }
  throw new KmipFault('OBJECT_NOT_FOUND', `There is no object ${id}`)
}
