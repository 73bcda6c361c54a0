import { KmipFault } from '../../fault/fault.ts'
import type { PrivateKeyContent, PublicKeyContent } from '../../model/content.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { AsymmetricKind, KeyPair } from '../../port/crypto.ts'
import type { KeyFormats } from '../../port/key-format.ts'
import { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'

/** Both halves of a pair, as they are kept. */
export interface KeyPairContent {
  readonly ofPrivate: PrivateKeyContent
  readonly ofPublic: PublicKeyContent
}

/** The format a new key is written in, and the one it is kept in. */
interface HalfFormat {
  readonly written: KeyFormatType
  readonly kept: KeyFormatType
}

const F = KeyFormatType

const inFormats = (
  [privateWritten, privateKept]: readonly [KeyFormatType, KeyFormatType],
  [publicWritten, publicKept]: readonly [KeyFormatType, KeyFormatType],
): { readonly ofPrivate: HalfFormat; readonly ofPublic: HalfFormat } => ({
  ofPrivate: { written: privateWritten, kept: privateKept },
  ofPublic: { written: publicWritten, kept: publicKept },
})

/**
 * The default Key Format Types (KMIP 2.1 section 4.26); the standard names none for keys on Montgomery and Edwards
 * curves, which stay as they are written.
 */
const FORMATS: Readonly<Partial<Record<AsymmetricKind, ReturnType<typeof inFormats>>>> = {
  RSA: inFormats([F.PKCS_1, F.PKCS_1], [F.PKCS_1, F.PKCS_1]),
  DSA: inFormats([F.PKCS_8, F.TransparentDSAPrivateKey], [F.X_509, F.TransparentDSAPublicKey]),
  EC: inFormats([F.PKCS_8, F.TransparentECPrivateKey], [F.X_509, F.TransparentECPublicKey]),
}
const OTHER_FORMATS = inFormats([F.PKCS_8, F.PKCS_8], [F.X_509, F.X_509])

/** The contents of both objects for a pair that was made. */
export function keyPairContent(
  { privateKey, publicKey }: KeyPair,
  algorithm: CryptographicAlgorithm,
  { crypto, keyFormats }: OperationContext,
): KeyPairContent {
  const { ofPrivate, ofPublic } = FORMATS[privateKey.kind] ?? OTHER_FORMATS
  const { PrivateKey, PublicKey } = ObjectType
  const privateMaterial = crypto.keys.exportPrivate(privateKey, ofPrivate.written)
  const publicMaterial = Secret.take(crypto.keys.exportPublic(publicKey, ofPublic.written))
  const privateBlock = written(ofPrivate, algorithm, privateMaterial)
  const publicBlock = written(ofPublic, algorithm, publicMaterial)
  return {
    ofPrivate: {
      objectType: PrivateKey,
      keyBlock: kept(PrivateKey, privateBlock, ofPrivate, keyFormats),
    },
    ofPublic: {
      objectType: PublicKey,
      keyBlock: kept(PublicKey, publicBlock, ofPublic, keyFormats),
    },
  }
}

function written(
  format: HalfFormat,
  cryptographicAlgorithm: CryptographicAlgorithm,
  material: Secret,
): KeyBlock {
  const keyValue = { form: 'bytes', material, attributes: [] } as const
  return { keyFormatType: format.written, keyValue, cryptographicAlgorithm }
}

/** The key in the format it is kept in, with its length told. */
function kept(
  objectType: ObjectType,
  block: KeyBlock,
  format: HalfFormat,
  keyFormats: KeyFormats,
): KeyBlock {
  const described = keyFormats.describe(objectType, block)
  if (described === undefined) throw new KmipFault('INTERNAL', 'A new key cannot be read')
  const measured = { ...block, cryptographicLength: described.length }
  if (format.written === format.kept) return measured
  try {
    return keyFormats.convert(objectType, measured, { keyFormatType: format.kept })
  } finally {
    block.keyValue?.material.destroy()
  }
}
