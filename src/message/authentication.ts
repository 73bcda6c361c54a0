import { KmipFault } from '../fault/fault.ts'
import { compile, type Codec } from '../schema/codec.ts'
import { required } from '../schema/field.ts'
import { anyItem } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Secret } from '../secret/secret.ts'
import { CredentialType } from '../spec/enum/credential-type.ts'
import {
  AttestationCredentialStruct,
  DeviceCredentialStruct,
  HashedPasswordCredentialStruct,
  OneTimePasswordCredentialStruct,
  TicketCredentialStruct,
  UsernameAndPasswordCredentialStruct,
} from '../spec/structure/credential.ts'
import { Tag } from '../spec/tag.ts'
import type { Item } from '../ttlv/item.ts'

/** KMIP 1.4 section 2.1.2, KMIP 2.1 section 9.11. */
const CredentialStruct = struct({
  credentialType: required(Tag.CredentialType),
  credentialValue: required(Tag.CredentialValue, anyItem),
})

/** A user name with its password, which is empty where none was sent. */
export interface Login {
  readonly username: string
  readonly password: Secret
}

/** What an Authentication holds that something may be decided by; its secrets are the caller's. */
export interface Credentials {
  /** Values of tickets. */
  readonly tickets: readonly Secret[]
  readonly logins: readonly Login[]
}

/** The credentials that nothing is decided by; they have their shape and no more. */
const SHAPES: ReadonlyMap<CredentialType, Codec<object>> = new Map<CredentialType, Codec<object>>([
  [CredentialType.Device, DeviceCredentialStruct],
  [CredentialType.Attestation, AttestationCredentialStruct],
  [CredentialType.OneTimePassword, OneTimePasswordCredentialStruct],
  [CredentialType.HashedPassword, HashedPasswordCredentialStruct],
])

/**
 * Reads an Authentication (KMIP 1.4 section 6.6, KMIP 2.1 section 9.4).
 *
 * @param credentials - what the structure holds
 * @throws KmipFault `MALFORMED_MESSAGE` and its kin; `INVALID_MESSAGE` for a structure without credentials;
 *   `AUTHENTICATION_FAILED` for one of a kind that nobody here can be satisfied by
 */
export function readCredentials(credentials: readonly Item[], version: Version): Credentials {
  if (credentials.length === 0) {
    throw new KmipFault('INVALID_MESSAGE', 'The Authentication holds no Credential')
  }
  const tickets: Secret[] = []
  const logins: Login[] = []
  for (const item of credentials) readCredential(item, version, { tickets, logins })
  return { tickets, logins }
}

function readCredential(
  item: Item,
  version: Version,
  { tickets, logins }: { readonly tickets: Secret[]; readonly logins: Login[] },
): void {
  if (item.tag !== Tag.Credential.number) {
    throw new KmipFault('UNKNOWN_FIELD', 'The Authentication holds what is no Credential')
  }
  const { credentialType, credentialValue } = compile(CredentialStruct, version).decode(item)
  if (credentialType === CredentialType.Ticket) {
    const { ticket } = compile(TicketCredentialStruct, version).decode(credentialValue)
    tickets.push(ticket.ticketValue)
    return
  }
  if (credentialType === CredentialType.UsernameAndPassword) {
    const struct = compile(UsernameAndPasswordCredentialStruct, version)
    const { username, password = Secret.take(new Uint8Array(0)) } = struct.decode(credentialValue)
    logins.push({ username, password })
    return
  }
  const shape = SHAPES.get(credentialType)
  if (shape === undefined) {
    throw new KmipFault('AUTHENTICATION_FAILED', 'The Credential is of a kind that is not known')
  }
  forget(compile(shape, version).decode(credentialValue))
}

/** Zeroes the passwords of a credential that was only looked at. */
function forget(credential: object): void {
  for (const value of Object.values(credential)) if (value instanceof Secret) value.destroy()
}
