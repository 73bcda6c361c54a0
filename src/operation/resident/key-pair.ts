import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { KeyPairRequest } from '../../port/crypto.ts'
import type { Token, TokenAnswer, TokenAttribute, TokenObject } from '../../port/token.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { Mechanism as M, MechanismFlag, ObjectClass } from '../../spec/pkcs11/constant.ts'
import {
  TransparentECPublicKeyStruct,
  TransparentRSAPublicKeyStruct,
} from '../../spec/structure/transparent-key.ts'
import { Tag } from '../../spec/tag.ts'
import { encode } from '../../ttlv/encode.ts'
import type { OperationContext } from '../context.ts'
import { requestedValue } from '../shared/creation.ts'
import type { KeyPairContent } from '../shared/key-pair-content.ts'
import { makeTokenKey } from './making.ts'
import { hasMechanism } from './mechanism.ts'
import { pointIn, tokenCurve, type TokenCurve } from './token-curve.ts'
import { guardedAttributes, namedAttributes } from './token-template.ts'

const F = KeyFormatType
const { PrivateKey, PublicKey } = ObjectType

/** Bits of RSA: shorter ones are too weak, longer ones hold the token up. */
const RSA_BITS = { least: 1_024, most: 4_096 }

/** A pair of which the private half is in the token. */
export interface ResidentPair {
  /** Of the private key. */
  readonly uniqueIdentifier: string
  readonly content: KeyPairContent
}

/** How a kind of pair is made, and how its public half is read. */
interface PairKind {
  readonly generation: number
  /** Attributes for the public half. */
  readonly measure: readonly TokenAttribute[]
  readonly asked: readonly number[]
  /** Undefined for answers that are no public key. */
  read(values: readonly Uint8Array[]): KeyBlock | undefined
  readonly privateFormat: KeyFormatType
  /** Cryptographic Length. */
  readonly bits: number
}

/**
 * Makes a key pair in the token. Its public half, which is no secret, is taken out of it and kept as others are. Throws
 * `PRIVATE_STORAGE_UNAVAILABLE` for pairs that the token does not make, and what `makeTokenKey` throws.
 */
export async function residentPair(
  { request, algorithm }: { request: KeyPairRequest; algorithm: CryptographicAlgorithm },
  entries: readonly AttributeEntry[],
  context: OperationContext,
): Promise<ResidentPair> {
  const pair = pairKind(request, context)
  const token = context.hsm?.token
  if (
    pair === undefined ||
    token === undefined ||
    !hasMechanism(token, pair.generation, MechanismFlag.GenerateKeyPair)
  ) {
    throw new KmipFault('PRIVATE_STORAGE_UNAVAILABLE', 'The token does not make pairs of this kind')
  }
  const mask = requestedValue(entries, 'CryptographicUsageMask')
  const made = await makeTokenKey(
    {
      objectType: PrivateKey,
      kind: JSON.stringify([request, mask]),
      make: async (object) =>
        context.slowly(async () => generate(object, { pair, token, entries })),
    },
    context,
  )
  const measured = { cryptographicAlgorithm: algorithm, cryptographicLength: pair.bits }
  const keyBlock = made.publicKey
  if (keyBlock === undefined) throw new KmipFault('INTERNAL', 'A pair has no public key')
  return {
    uniqueIdentifier: made.uniqueIdentifier,
    content: {
      ofPrivate: {
        objectType: PrivateKey,
        keyBlock: { keyFormatType: pair.privateFormat, ...measured },
      },
      ofPublic: { objectType: PublicKey, keyBlock: { ...keyBlock, ...measured } },
    },
  }
}

interface Generation {
  readonly pair: PairKind
  readonly token: Token
  readonly entries: readonly AttributeEntry[]
}

/** The public half is in the token for as long as it takes to read it. */
async function generate(
  object: TokenObject,
  { pair, token, entries }: Generation,
): Promise<KeyBlock> {
  const ofPublic = { ...object, objectClass: ObjectClass.PublicKey }
  const named = namedAttributes(object).filter(({ type }) => type !== CKA.TOKEN[0])
  const attributes = [{ type: CKA.TOKEN[0], value: false }, ...named, ...pair.measure]
  await token.generatePair(
    { type: pair.generation },
    [...attributes, { type: CKA.VERIFY[0], value: true }],
    guardedAttributes(object, entries),
  )
  try {
    const answers = await token.read(ofPublic, pair.asked)
    const keyBlock = pair.read(answers.map(bytesIn))
    if (keyBlock !== undefined) return keyBlock
    throw new KmipFault('UNAVAILABLE', 'The token does not tell the public key')
  } finally {
    await token.destroy(ofPublic)
  }
}

function bytesIn(answer: TokenAnswer): Uint8Array {
  const value = 'value' in answer ? answer.value : undefined
  return value instanceof Uint8Array ? value : new Uint8Array(0)
}

function pairKind(request: KeyPairRequest, context: OperationContext): PairKind | undefined {
  if (request.kind === 'RSA') return rsaKind(request, context)
  const curve = request.kind === 'EC' ? tokenCurve(request.curve) : undefined
  return curve && curveKind(curve)
}

function rsaKind(
  { bits, exponent }: Extract<KeyPairRequest, { kind: 'RSA' }>,
  { keyFormats }: OperationContext,
): PairKind | undefined {
  const isOfLength = bits >= RSA_BITS.least && bits <= RSA_BITS.most && bits % 8 === 0
  if (!isOfLength || exponent !== undefined) return undefined
  return {
    generation: M.RSA_PKCS_KEY_PAIR_GEN,
    measure: [
      { type: CKA.MODULUS_BITS[0], value: bits },
      { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
    ],
    asked: [CKA.MODULUS[0], CKA.PUBLIC_EXPONENT[0]],
    read([modulus, publicExponent]) {
      if (modulus === undefined || publicExponent === undefined) return undefined
      const numbers = { modulus: bigInteger(modulus), publicExponent: bigInteger(publicExponent) }
      const transparent = structured(
        F.TransparentRSAPublicKey,
        TransparentRSAPublicKeyStruct,
        numbers,
      )
      return keyFormats.convert(PublicKey, transparent, { keyFormatType: F.PKCS_1 })
    },
    privateFormat: F.PKCS_1,
    bits,
  }
}

function curveKind(curve: TokenCurve): PairKind {
  const recommendedCurve = curve.curve
  return {
    generation: M.EC_KEY_PAIR_GEN,
    measure: [{ type: CKA.EC_PARAMS[0], value: Uint8Array.from(curve.parameters) }],
    asked: [CKA.EC_POINT[0]],
    read([value]) {
      const qString = value && pointIn(value, curve)
      if (qString === undefined) return undefined
      const key = { recommendedCurve, qString }
      return structured(F.TransparentECPublicKey, TransparentECPublicKeyStruct, key)
    },
    privateFormat: F.TransparentECPrivateKey,
    bits: curve.bits,
  }
}

function structured<T>(keyFormatType: KeyFormatType, struct: Codec<T>, value: T): KeyBlock {
  const bytes = encode(compile(struct, '2.1').encode(Tag.KeyMaterial.number, value))
  const material = Secret.take(bytes)
  return { keyFormatType, keyValue: { form: 'structure', material, attributes: [] } }
}

/** A number of PKCS#11 as a Big Integer of TTLV: with a sign, in units of eight bytes. */
function bigInteger(number: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 * Math.ceil((number.length + 1) / 8))
  bytes.set(number, bytes.length - number.length)
  return bytes
}
