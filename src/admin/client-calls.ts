import { KmipFault } from '../fault/fault.ts'
import { namespaceOf } from '../model/identity.ts'
import type { Client, ClientKey } from '../repository/client-record.ts'
import { isClientName } from '../repository/client-registry.ts'
import { clientNamed } from './call-subject.ts'
import type { IdentityCalls, IdentityDeps } from './identity-deps.ts'
import type { IdentityResponse } from './identity-schema.ts'
import { limitsOf } from '../repository/limits.ts'
import { entered, lineName } from './namespaces.ts'
import { NAME_RULE } from './name-rule.ts'

type ClientCalls = Pick<IdentityCalls, Extract<keyof IdentityCalls, `client.${string}`>>

/** The calls about clients and their keys. */
export function clientCalls(deps: IdentityDeps): ClientCalls {
  const { clients } = deps
  const change = async (name: string, next: (client: Client) => Client) =>
    detailsOf(await clients.change(clientNamed(clients, name).id, next), deps)
  return {
    'client.register': async (request) => register(deps, request),
    'client.show': async ({ name }) => {
      const client = clientNamed(clients, name)
      const used = await deps.usageOf({ tenant: namespaceOf(client), owner: client.id })
      return { ...detailsOf(client, deps), used }
    },
    'client.limit': async ({ name, ...limits }) =>
      change(name, (client) => ({ ...client, limits: limitsOf(limits) })),
    'client.remove': async ({ name }) => {
      const { id } = clientNamed(clients, name)
      await clients.remove(id)
      return { id }
    },
    'client.suspend': async ({ name }) =>
      change(name, (client) => ({ ...client, isSuspended: true })),
    'client.resume': async ({ name }) =>
      change(name, (client) => ({ ...client, isSuspended: false })),
    'client.key.add': async ({ name, certificate }) => {
      const { key } = await admissible(deps, certificate)
      const isKnown = clientNamed(clients, name).keys.some((each) => isSameKey(each, key))
      const changed = await change(name, (client) => withKey(client, key))
      if (!isKnown) deps.keyAdded?.(name)
      return changed
    },
    'client.key.remove': async ({ name, subject }) =>
      change(name, (client) => withoutKey(client, subject)),
  }
}

/** Registers the key of a certificate that one of the authorities signed. */
async function register(
  deps: IdentityDeps,
  { name, role, certificate, namespace: wanted }: Parameters<IdentityCalls['client.register']>[0],
): Promise<IdentityResponse<'client.register'>> {
  deps.policies.checkRole(role)
  const { key, label } = await admissible(deps, certificate)
  if (name !== undefined && !isClientName(name)) throw new KmipFault('INVALID_FIELD', NAME_RULE)
  const namespace = entered(deps.namespaces, wanted)
  const client = { name: name ?? nameFrom(deps, label), role, namespace, key }
  return detailsOf(await deps.clients.add(client), deps)
}

/** Names that only look different must not come from certificates, whose issuers may be anybody's. */
function nameFrom({ clients }: IdentityDeps, label: string | undefined): string {
  if (label === undefined) {
    throw new KmipFault('INVALID_FIELD', 'Give a name: the certificate has none to be taken')
  }
  if (!isClientName(label)) throw new KmipFault('INVALID_FIELD', NAME_RULE)
  const isTaken = clients.list().some(({ name }) => name.toLowerCase() === label.toLowerCase())
  if (!isTaken) return label
  throw new KmipFault('NAME_TAKEN', `There is a client of the name ${label} already`)
}

/** The key of a certificate with which a client may be let in at this moment. */
async function admissible(
  { authorities, authority, clock, trust }: IdentityDeps,
  certificate: string,
): Promise<{ readonly key: ClientKey; readonly label: string | undefined }> {
  const { readAdmissible } = await import('../adapter/certificate-admission.ts')
  const others = authorities.list()
  const der = Buffer.from(certificate, 'base64')
  const found = readAdmissible(
    der,
    [authority.certificate, ...others.map((each) => each.certificate)],
    clock.now(),
  )
  if (trust?.isRevoked(found) === true) {
    throw new KmipFault('INVALID_FIELD', 'The certificate is revoked')
  }
  const { issuer, subject } = found.key
  const rule = others.find(({ id }) => id === issuer)?.label
  const { labelOf } = await import('../adapter/certificate-admission.ts')
  const key = { issuer, subject, notAfter: Math.trunc(found.notAfter), serial: found.serial }
  return { key, label: rule && labelOf(der, rule) }
}

/** A newer certificate for a key that the client has already puts its end further off. */
function withKey(client: Client, key: ClientKey): Client {
  const others = client.keys.filter((each) => !isSameKey(each, key))
  if (others.length >= MOST_KEYS) {
    throw new KmipFault('SERVER_LIMIT', `A client has at most ${MOST_KEYS} keys`)
  }
  return { ...client, keys: [...others, key] }
}

/** Throws `OBJECT_NOT_FOUND`, and `INVALID_FIELD` for the last key of a client. */
function withoutKey(client: Client, start: string): Client {
  const found = client.keys.filter(({ subject }) => subject.startsWith(start))
  const [key] = found
  if (key === undefined || found.length > 1) {
    const text = `The client has ${key === undefined ? 'no' : 'more than one'} key ${start}`
    throw new KmipFault('OBJECT_NOT_FOUND', text)
  }
  if (client.keys.length === 1) {
    throw new KmipFault('INVALID_FIELD', 'It is the only key: suspend or remove the client instead')
  }
  return { ...client, keys: client.keys.filter((each) => each !== key) }
}

function isSameKey(one: ClientKey, other: ClientKey): boolean {
  return one.issuer === other.issuer && one.subject === other.subject
}

function detailsOf(
  client: Client,
  { namespaces, trust }: Pick<IdentityDeps, 'namespaces' | 'trust'>,
): IdentityResponse<'client.register'> {
  const { id, name, role, namespace, added, keys, limits = {}, isSuspended = false } = client
  return {
    id,
    name,
    role,
    ...(namespace !== undefined && { namespace: lineName(namespaces, namespace) }),
    added,
    suspended: isSuspended,
    limits: limitsOf(limits),
    keys: keys.map(({ subject, issuer, notAfter, serial }) => {
      const revoked = trust?.reasonAgainst(issuer, serial)
      return {
        ...{ subject, issuer, notAfter },
        ...(serial !== undefined && { serial }),
        ...(revoked !== undefined && { revoked }),
      }
    }),
  }
}

const MOST_KEYS = 100
