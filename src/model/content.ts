import type { Secret } from '../secret/secret.ts'
import type { CertificateRequestType } from '../spec/enum/certificate-request-type.ts'
import type { CertificateType } from '../spec/enum/certificate-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import type { OpaqueDataType } from '../spec/enum/opaque-data-type.ts'
import type { SecretDataType } from '../spec/enum/secret-data-type.ts'
import type { SplitKeyMethod } from '../spec/enum/split-key-method.ts'
import type { AttributeEntry } from './attribute-set.ts'
import type { KeyBlock } from './key-block.ts'

interface KeyContent<K extends ObjectType> {
  readonly objectType: K
  readonly keyBlock: KeyBlock
}

export type SymmetricKeyContent = KeyContent<typeof ObjectType.SymmetricKey>
export type PublicKeyContent = KeyContent<typeof ObjectType.PublicKey>
export type PrivateKeyContent = KeyContent<typeof ObjectType.PrivateKey>

export interface CertificateContent {
  readonly objectType: typeof ObjectType.Certificate
  readonly certificateType: CertificateType
  readonly certificateValue: Uint8Array
}

export interface SplitKeyContent extends KeyContent<typeof ObjectType.SplitKey> {
  readonly splitKeyParts: number
  readonly keyPartIdentifier: number
  readonly splitKeyThreshold: number
  readonly splitKeyMethod: SplitKeyMethod
  readonly primeFieldSize?: Uint8Array
}

/** Attributes to create other objects from; KMIP 1.x only, deprecated since 1.3. */
export interface TemplateContent {
  readonly objectType: typeof ObjectType.Template
  readonly attributes: readonly AttributeEntry[]
}

export interface SecretDataContent extends KeyContent<typeof ObjectType.SecretData> {
  readonly secretDataType: SecretDataType
}

export interface OpaqueContent {
  readonly objectType: typeof ObjectType.OpaqueObject
  readonly opaqueDataType: OpaqueDataType
  readonly opaqueDataValue: Secret
}

export interface PGPKeyContent extends KeyContent<typeof ObjectType.PGPKey> {
  readonly pgpKeyVersion: number
}

/** KMIP 2.x only. */
export interface CertificateRequestContent {
  readonly objectType: typeof ObjectType.CertificateRequest
  readonly certificateRequestType: CertificateRequestType
  readonly certificateRequestValue: Uint8Array
}

/** What a managed object is beside its attributes (KMIP 1.4 section 2.2, KMIP 2.1 section 2). */
export type ObjectContent =
  | CertificateContent
  | SymmetricKeyContent
  | PublicKeyContent
  | PrivateKeyContent
  | SplitKeyContent
  | TemplateContent
  | SecretDataContent
  | OpaqueContent
  | PGPKeyContent
  | CertificateRequestContent

/** The Key Block of an object that has one. */
export function keyBlockOf(content: ObjectContent): KeyBlock | undefined {
  return 'keyBlock' in content ? content.keyBlock : undefined
}

/** The object with another Key Block; the same object when it has none. */
export function withKeyBlock(content: ObjectContent, keyBlock: KeyBlock): ObjectContent {
  return 'keyBlock' in content ? { ...content, keyBlock } : content
}

/** Zeroes whatever is secret in an object. */
export function destroyContent(content: ObjectContent): void {
  keyBlockOf(content)?.keyValue?.material.destroy()
  if (content.objectType === ObjectType.OpaqueObject) content.opaqueDataValue.destroy()
}
