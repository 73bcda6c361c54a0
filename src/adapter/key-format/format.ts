import type { CryptographicAlgorithm as Algorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { Secret } from '../../secret/secret.ts'
import { readDer, writeDer } from './der.ts'
import { EDWARDS } from './edwards.ts'
import {
  readPrivateKeyInfo,
  readPublicKeyInfo,
  writePrivateKeyInfo,
  writePublicKeyInfo,
} from './envelope.ts'
import type { Key } from './key.ts'
import { malformed } from './malformed.ts'
import { readRSAPrivate, readRSAPublic, rsaPrivateNode, rsaPublicNode } from './rsa.ts'
import { ecPrivateNode, readECPrivate } from './sec1.ts'
import * as transparent from './transparent.ts'

/** What kinds of keys the Object Types hold, where conversion means something. */
export type KeyClass = 'symmetric' | 'public' | 'private'

/** Reads material; undefined where it is well formed but of no kind that is known. Throws `INVALID_FIELD`. */
type Read = (material: Uint8Array, algorithm: Algorithm | undefined) => Key | undefined

/** One Key Format Type. */
export interface Format {
  readonly form: 'bytes' | 'structure'
  /** How it is read, for the kinds of keys that it can hold. */
  readonly read: Readonly<Partial<Record<KeyClass, Read>>>
  /** Undefined for a key that the format cannot hold. */
  readonly write: (key: Key) => Secret | undefined
  /** The algorithm that it names of those which a curve does not tell apart. */
  readonly algorithm?: Algorithm
}

/** The format of a Key Format Type; undefined where its material is passed on unread. */
export function formatOf(type: KeyFormatType): Format | undefined {
  return FORMATS.get(type)
}

const raw: Format = {
  form: 'bytes',
  read: {
    symmetric: (material) => {
      if (material.length === 0) throw malformed()
      return { kind: 'Symmetric', key: Secret.copyOf(material) }
    },
    public: (bytes, algorithm) => {
      const edwards = edwardsOf(algorithm, bytes)
      return edwards && { kind: 'EdwardsPublic', edwards, bytes: Uint8Array.from(bytes) }
    },
    private: (bytes, algorithm) => {
      const edwards = edwardsOf(algorithm, bytes)
      return edwards && { kind: 'EdwardsPrivate', edwards, bytes: Secret.copyOf(bytes) }
    },
  },
  write: (key) => {
    if (key.kind === 'Symmetric') return key.key.clone()
    if (key.kind === 'EdwardsPublic') return Secret.copyOf(key.bytes)
    return key.kind === 'EdwardsPrivate' ? key.bytes.clone() : undefined
  },
}

/** The keys that are nothing but bytes and are told by their algorithm alone. */
function edwardsOf(algorithm: Algorithm | undefined, { length }: Uint8Array) {
  const kind = EDWARDS.find((each) => each.curve === undefined && each.algorithm === algorithm)
  if (kind !== undefined && kind.bytes !== length) throw malformed()
  return kind
}

const pkcs1: Format = {
  form: 'bytes',
  read: {
    public: (material) => readDer(material, readRSAPublic),
    private: (material) => readDer(material, readRSAPrivate),
  },
  write: (key) => {
    if (key.kind === 'RSAPublic') return writeDer(rsaPublicNode(key))
    return key.kind === 'RSAPrivate' ? writeDer(rsaPrivateNode(key)) : undefined
  },
}

const pkcs8: Format = {
  form: 'bytes',
  read: {
    private: (material) => readDer(material, readPrivateKeyInfo),
    // zkey of s390-tools calls a SubjectPublicKeyInfo so.
    public: (material) => readDer(material, readPublicKeyInfo),
  },
  write: writePrivateKeyInfo,
}

const x509: Format = {
  form: 'bytes',
  read: { public: (material) => readDer(material, readPublicKeyInfo) },
  write: writePublicKeyInfo,
}

const sec1: Format = {
  form: 'bytes',
  read: { private: (material) => readDer(material, (root) => readECPrivate(root)) },
  write: (key) => (key.kind === 'ECPrivate' ? writeDer(ecPrivateNode(key, true)) : undefined),
}

function structured(
  kind: KeyClass,
  { read, write }: transparent.TransparentForm,
  algorithm?: Algorithm,
): Format {
  return {
    form: 'structure',
    read: { [kind]: read },
    write,
    ...(algorithm === undefined ? {} : { algorithm }),
  }
}

const F = KeyFormatType
const { ECDSA, ECDH, ECMQV } = CryptographicAlgorithm
const { ecPrivateForm, ecPublicForm } = transparent

/** KMIP 1.4 section 9.1.3.2.3, KMIP 2.1 section 11.25. */
const FORMATS: ReadonlyMap<number, Format> = new Map<number, Format>([
  [F.Raw, raw],
  [F.PKCS_1, pkcs1],
  [F.PKCS_8, pkcs8],
  [F.X_509, x509],
  [F.ECPrivateKey, sec1],
  [F.TransparentSymmetricKey, structured('symmetric', transparent.symmetric)],
  [F.TransparentDSAPrivateKey, structured('private', transparent.dsaPrivate)],
  [F.TransparentDSAPublicKey, structured('public', transparent.dsaPublic)],
  [F.TransparentRSAPrivateKey, structured('private', transparent.rsaPrivate)],
  [F.TransparentRSAPublicKey, structured('public', transparent.rsaPublic)],
  [F.TransparentDHPrivateKey, structured('private', transparent.dhPrivate)],
  [F.TransparentDHPublicKey, structured('public', transparent.dhPublic)],
  [F.TransparentECDSAPrivateKey, structured('private', ecPrivateForm, ECDSA)],
  [F.TransparentECDSAPublicKey, structured('public', ecPublicForm, ECDSA)],
  [F.TransparentECDHPrivateKey, structured('private', ecPrivateForm, ECDH)],
  [F.TransparentECDHPublicKey, structured('public', ecPublicForm, ECDH)],
  [F.TransparentECMQVPrivateKey, structured('private', ecPrivateForm, ECMQV)],
  [F.TransparentECMQVPublicKey, structured('public', ecPublicForm, ECMQV)],
  [F.TransparentECPrivateKey, structured('private', ecPrivateForm)],
  [F.TransparentECPublicKey, structured('public', ecPublicForm)],
])
