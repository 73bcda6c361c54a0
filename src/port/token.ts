import type { FaultOptions } from '../fault/fault.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Secret } from '../secret/secret.ts'

/** A value of an attribute of PKCS#11: what is a number or a flag there is one here. */
export type TokenValue = number | boolean | Uint8Array

export interface TokenAttribute {
  /** Its number, `CKA_`. */
  readonly type: number
  readonly value: TokenValue
}

/** An attribute that was asked for, or the return code that says why it cannot be had. */
export type TokenAnswer = { readonly value: TokenValue } | { readonly returnCode: number }

/**
 * What an object of the token is known by: its class, its label and its identifier together. Handles of the token would
 * not outlive the process that holds them.
 */
export interface TokenObject {
  /** `CKO_` */
  readonly objectClass: number
  readonly label: Uint8Array
  readonly id: Uint8Array
}

/** Parameters of mechanisms; hashes are those of `CKM_`, mask generation functions those of `CKG_`. */
export type TokenParameter =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'counter'; readonly bits: number; readonly block: Uint8Array }
  | {
      readonly kind: 'gcm'
      readonly iv: Uint8Array
      readonly associated: Uint8Array
      readonly tagBits: number
    }
  | {
      readonly kind: 'oaep'
      readonly hash: number
      readonly mask: number
      readonly label: Uint8Array
    }
  | {
      readonly kind: 'pss'
      readonly hash: number
      readonly mask: number
      readonly saltLength: number
    }

export interface TokenMechanism {
  /** Its number, `CKM_`. */
  readonly type: number
  readonly parameter?: TokenParameter
}

/** What the token says of one of its mechanisms. */
export interface TokenMechanismRow {
  readonly type: number
  readonly sizes: readonly [number, number]
  /** What it is for, bits of `CKF_`. */
  readonly flags: number
}

/** Something to be done at once. */
export interface TokenTask {
  readonly use: 'encrypt' | 'decrypt' | 'digest' | 'sign' | 'verify'
  readonly mechanism: TokenMechanism
  /** The key; digests have none. */
  readonly key?: TokenObject
  readonly data: Secret
  /** What is to be verified. */
  readonly proof?: Uint8Array
}

/**
 * The token that the server is logged in to (PKCS#11 3.0). Every method is answered in bounded time. Whatever the token
 * refuses is a `TokenRefusal`; while it cannot be reached everything is refused with `UNAVAILABLE`.
 */
export interface Token {
  /** What the token can do. */
  readonly mechanisms: readonly TokenMechanismRow[]
  /** Objects that have all of these attributes. */
  find(template: readonly TokenAttribute[], most: number): Promise<readonly TokenObject[]>
  /** How many objects have all of these attributes; with more than `most` it is that. */
  count(template: readonly TokenAttribute[], most: number): Promise<number>
  /** An answer for each attribute, in their order. */
  read(object: TokenObject, types: readonly number[]): Promise<readonly TokenAnswer[]>
  /** Makes a secret key. */
  generate(mechanism: TokenMechanism, template: readonly TokenAttribute[]): Promise<void>
  generatePair(
    mechanism: TokenMechanism,
    ofPublic: readonly TokenAttribute[],
    ofPrivate: readonly TokenAttribute[],
  ): Promise<void>
  /** Brings an object; what it is made of stays the caller's. */
  create(template: readonly TokenAttribute[]): Promise<void>
  destroy(object: TokenObject): Promise<void>
  /** What comes out, in memory of its own; nothing for a proof that is right, and `SIGNATURE_INVALID` for one that is not. */
  perform(task: TokenTask): Promise<Uint8Array>
  random(length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** What the token says no to. */
export class TokenRefusal extends KmipFault {
  /** `CKR_` */
  readonly returnCode: number

  constructor(returnCode: number, options: FaultOptions = {}) {
    super('CRYPTO_FAILED', 'The token refuses', options)
    this.returnCode = returnCode
  }
}
