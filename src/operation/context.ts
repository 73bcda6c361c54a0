import type { Applies } from '../message/applicability.ts'
import type { ObjectReference } from '../message/identifier.ts'
import type { EncodeKeyValue } from '../message/key-value.ts'
import type { CreationRules } from '../model/creation-rules.ts'
import type { Identity } from '../model/identity.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Certificates } from '../port/certificates.ts'
import type { Crypto, KeyPair, KeyPairRequest } from '../port/crypto.ts'
import type { KeyFormats } from '../port/key-format.ts'
import type { SeedableRandom } from '../port/random.ts'
import type { CommitPart } from '../repository/commit-part.ts'
import type { LocatedObjects, ObjectQuery } from '../repository/locate.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Secret } from '../secret/secret.ts'
import type { EndpointRole } from '../spec/enum/endpoint-role.ts'
import type { ObjectType } from '../spec/enum/object-type.ts'
import type { Operation } from '../spec/enum/operation.ts'
import type { ClientLog } from './client-log.ts'
import type { PendingRequests } from './pending-request.ts'
import type { ItemRun } from './item-run.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Applications } from './pkcs11/applications.ts'
import type { Hsm } from './pkcs11/token/hsm.ts'
import type { Policy } from './policy.ts'
import type { Streams } from './streams.ts'
import type { IssuedTicket, Tickets } from './tickets.ts'

/** The objects an operation sees: those of its tenant that it may have to do with, and no others. */
export interface ObjectSpace {
  /**
   * Throws `OBJECT_NOT_FOUND`, also for an object that the client may not even find, and `NOT_PERMITTED`.
   *
   * @param as - what the object is used for, where that is not what the operation itself does
   */
  load(uniqueIdentifier: string, as?: OperationName): Promise<ManagedObject>
  /** Throws `NAME_TAKEN`, `CONSTRAINT_VIOLATED`, `NOT_PERMITTED`. */
  add(object: ManagedObject): Promise<void>
  /** Throws `NAME_TAKEN`, `NOT_PERMITTED`. */
  save(object: ManagedObject): Promise<void>
  /**
   * Adds an object under an identifier that its client chose, in the place of one of its tenant's where it is to be
   * replaced, and gives that one. Throws `OBJECT_EXISTS` and `NAME_TAKEN`.
   */
  bring(object: ManagedObject, replaces: boolean): Promise<ManagedObject | undefined>
  /** Removes an object with everything that is known of it. */
  erase(object: ManagedObject): Promise<void>
  locate(query: ObjectQuery): Promise<LocatedObjects>
  /** What new objects of the client get and are held to. */
  rules(): Promise<CreationRules>
  /** Has the client lay down other rules for new objects; what is not given stays. */
  setRules(rules: Partial<CreationRules>): Promise<void>
  /** Has something else written together with the objects. */
  join(part: CommitPart): void
}

/** What is slow to make: made once for a batch item, however often it is tried because another client was faster. */
export interface MadeOnce {
  /** A pair whose handles are not the operation's to destroy; an operation asks once. Throws as `AsymmetricKeys.generate`. */
  keyPair(request: KeyPairRequest): Promise<KeyPair>
  /**
   * A secret, which is the caller's. It is made anew when what it is made of has changed with what was read.
   *
   * @param label - tells apart whatever `make` might give of the same secrets; nothing secret
   */
  secret(
    of: { readonly label: string; readonly sources: readonly Secret[] },
    make: () => Promise<Secret>,
  ): Promise<Secret>
}

/** Does a piece of slow work in its turn. */
export type Slowly = <T>(work: () => Promise<T>) => Promise<T>

/** What the server can do, for Query to tell. */
export interface Offer {
  readonly operations: readonly Operation[]
  readonly objectTypes: readonly ObjectType[]
  /** Whether anything is ever done asynchronously. */
  readonly isAsynchronous: boolean
}

/** The key pair that certificates are issued with: managed objects of a client, by their Names. */
export interface IssuerNames {
  /** Identifier of the client; undefined when there is no client of the configured name. */
  readonly owner: string | undefined
  /** The namespace of that client, if it is in one. */
  readonly namespace?: string | undefined
  readonly privateKey: string
  readonly certificate: string
  /** For how long a certificate is valid, at most and where the request does not say. */
  readonly days: number
}

/** The certificates that clients connect with. */
export interface Credentials {
  /**
   * A certificate of the server's authority for a client: X.509 in DER. Throws `INVALID_FIELD` for a key that is too
   * weak.
   *
   * @param publicKey - SubjectPublicKeyInfo in DER
   */
  issue(client: Identity, publicKey: Uint8Array): Uint8Array
  /** Refuses a certificate with which nobody could connect now. Throws `INVALID_FIELD`, `CRYPTO_FAILED`. */
  check(certificate: Uint8Array, now: DateTime): void
  /**
   * The putting of a certificate in the place of the one that the client has connected with.
   *
   * @param object - Unique Identifier of its Certificate object
   * @throws KmipFault `NOT_PERMITTED` where the one it has connected with is not known any more, `INVALID_FIELD` for a
   *   key that a client has already
   */
  replacement(client: Identity, certificate: Uint8Array, object: string): Promise<CommitPart>
}

/** What operations work with that is the same for every message. */
export interface Services {
  readonly crypto: Crypto
  readonly keyFormats: KeyFormats
  readonly certificates: Certificates
  readonly random: SeedableRandom
  readonly policy: Policy
  readonly streams: Streams
  readonly clientLog: ClientLog
  readonly tickets: Tickets
  /** Who uses the server's own PKCS#11 module. */
  readonly cryptoki: Applications
  /** Whether anything can be stored now, as far as is known; absent where nothing keeps it from that. */
  readonly isStoring?: (() => boolean) | undefined
  /** Undefined where clients do not connect with certificates of the server's own. */
  readonly credentials?: Credentials | undefined
  /** What PKCS#11 functions go to; without it there is the server's own module. */
  readonly hsm?: Hsm | undefined
  /** Undefined when the server is not configured to issue certificates. */
  readonly issuer?: (() => IssuerNames) | undefined
}

/** An operation as another one sees it that has it carried out. */
export interface PerformedOperation<Request, Response> {
  readonly name: OperationName
  handle(request: Request, context: OperationContext): Promise<Response>
}

/** The roles on the connection of a message (KMIP 2.1 section 6.1.54). */
export interface EndpointRoles {
  readonly canTurn: boolean
  /** Whether the message came with what takes away from what its client may do: tickets, or accounts. */
  readonly isNarrowed: boolean
  /** Has the server take a role once the message is answered. */
  take(role: EndpointRole): void
}

/** What an operation works with. */
export interface OperationContext extends Services {
  readonly identity: Identity
  /** The tickets that the message came with. */
  readonly presented: readonly IssuedTicket[]
  /** The moment of the message, in seconds: the same for all its batch items. */
  readonly now: DateTime
  readonly objects: ObjectSpace
  readonly run: ItemRun
  readonly once: MadeOnce
  /** Does what takes seconds, behind what else the client has of that kind. Throws `SERVER_LIMIT` and what the work throws. */
  readonly slowly: Slowly
  /**
   * The objects of the tenant of any client, for what the server itself does with them: they are not shown, and no
   * change is kept.
   */
  objectsOf(client: Pick<Identity, 'id' | 'namespace'>): ObjectSpace
  /** Has the audit name an object that is used beside those of `objects`. */
  readonly uses: (uniqueIdentifier: string) => void
  readonly offer: Offer
  /** What the client has under way. */
  readonly requests: PendingRequests
  readonly roles: EndpointRoles
  /**
   * The identifier a request means: the one it names, or the ID Placeholder where it names none (KMIP 1.4 section 4).
   * Throws `OBJECT_NOT_FOUND` when there is no placeholder.
   */
  resolve(reference: ObjectReference | undefined): string
  /** Key Values as the version of the message has them. */
  readonly encodeKeyValue: EncodeKeyValue
  /** Whether objects of a type may have an attribute, as the version of the message has it. */
  readonly applies: Applies
  /**
   * Has another operation carried out as a part of this one: by the same rules, and without a trace when it fails.
   * Throws `NOT_PERMITTED` where the client might not ask for it, and what the operation throws.
   */
  perform<Request, Response>(
    operation: PerformedOperation<Request, Response>,
    request: Request,
  ): Promise<Response>
  /** Zeroes a secret that was made for the answer as soon as the answer is encoded, or has failed. */
  destroyAfterAnswer(secret: Secret): void
}
