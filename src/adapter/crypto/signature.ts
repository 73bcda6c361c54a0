import {
  constants,
  createHash,
  createSign,
  createVerify,
  privateEncrypt,
  publicDecrypt,
  sign,
  verify,
} from 'node:crypto'
import type {
  Bytes,
  PrivateKey,
  PublicKey,
  Signatures,
  SignatureScheme,
} from '../../port/crypto.ts'
import type { Random } from '../../port/random.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { plain, reveal, sameBytes, takeJoined } from './bytes.ts'
import { digestInfoOf } from './digest-info.ts'
import { signDigestEcdsa, verifyDigestEcdsa } from './ecdsa-digest.ts'
import { hashKind } from './hash.ts'
import { objectOf } from './key.ts'
import { guarded, invalid, unsupported } from './refusal.ts'
import { isPssBlock, pssBlock } from './rsa-block.ts'
import { isForeign, schemeOf } from './signature-scheme.ts'

type Hashed = Exclude<SignatureScheme, { kind: 'EdDSA' }>

/** Takes data, and in the end does what is to be done with it. */
interface Sink<R> {
  /** True where it keeps all that it takes until the end. */
  readonly gathers?: boolean
  readonly take: (bytes: Uint8Array) => void
  readonly end: () => R
}

/** Signatures by OpenSSL's keys; the blocks of RSA are made here, for a digest may be all there is to sign. */
export function createSignatures(random: Random): Signatures {
  const begin: Signatures['begin'] = (key, parameters) => {
    const sink = signing(key, schemeOf(key, parameters), random)
    return { ...taking(sink), finish: sink.end }
  }
  const beginVerify: Signatures['beginVerify'] = (key, parameters) => {
    const sink = isForeign(key, parameters) ? REFUSING : verifying(key, schemeOf(key, parameters))
    return { ...taking(sink), finish: (signature) => sink.end()(signature) }
  }
  return {
    schemeOf,
    digestInfo: digestInfoOf,
    begin,
    beginVerify,
    sign: (key, parameters, data) => begin(key, parameters).update(data).finish(),
    verify: (key, parameters, { data, signature }) =>
      beginVerify(key, parameters).update(data).finish(signature),
    signDigest: (key, parameters, digest) => {
      const scheme = digestScheme(key, parameters, digest.length)
      return signDigest(key, scheme, { digest, random })
    },
    verifyDigest: (key, parameters, { data, signature }) => {
      if (isForeign(key, parameters)) return false
      const scheme = digestScheme(key, parameters, data.length)
      return reveal(data, (digest) => verifyDigest(key, scheme, { digest, signature }))
    },
  }
}

/** No signature of another scheme is one of this key. */
const REFUSING: Sink<(signature: Uint8Array) => boolean> = {
  take: () => undefined,
  end: () => () => false,
}

function taking(sink: Sink<unknown>): {
  readonly gathers: boolean
  update<T>(this: T, data: Bytes): T
} {
  return {
    gathers: sink.gathers === true,
    update(data) {
      reveal(data, sink.take)
      return this
    },
  }
}

function digestScheme(
  key: PrivateKey | PublicKey,
  parameters: CryptographicParameters,
  length: number,
): Hashed {
  const scheme = schemeOf(key, parameters)
  if (scheme.kind === 'EdDSA') throw unsupported('A signature of a digest with the key')
  if (length !== hashKind(scheme.hash).size) {
    throw invalid('The Digested Data has not the length of the Hashing Algorithm')
  }
  return scheme
}

function signing(key: PrivateKey, scheme: SignatureScheme, random: Random): Sink<Uint8Array> {
  const object = objectOf(key)
  if (scheme.kind === 'EdDSA') {
    const parts: Uint8Array[] = []
    return {
      gathers: true,
      take: (bytes) => void parts.push(plain(bytes)),
      end: () => whole(parts, (all) => guarded(() => plain(sign(null, all, object)))),
    }
  }
  const { name } = hashKind(scheme.hash)
  if (scheme.kind === 'DSA' || scheme.kind === 'ECDSA') {
    const signer = createSign(name)
    return {
      take: (bytes) => void signer.update(bytes),
      end: () => guarded(() => plain(signer.sign(object))),
    }
  }
  const hash = createHash(name)
  return {
    take: (bytes) => void hash.update(bytes),
    end: () => signDigest(key, scheme, { digest: plain(hash.digest()), random }),
  }
}

/** Lets `use` see all that was gathered, which is zeroed behind it. */
function whole<R>(parts: readonly Uint8Array[], use: (all: Uint8Array) => R): R {
  const all = takeJoined(...parts)
  try {
    return use(all)
  } finally {
    all.fill(0)
  }
}

function verifying(
  key: PublicKey,
  scheme: SignatureScheme,
): Sink<(signature: Uint8Array) => boolean> {
  const object = objectOf(key)
  if (scheme.kind === 'EdDSA') {
    const parts: Uint8Array[] = []
    return {
      gathers: true,
      take: (bytes) => void parts.push(plain(bytes)),
      end: () => (signature) =>
        whole(parts, (all) => accepts(() => verify(null, all, object, signature))),
    }
  }
  const { name } = hashKind(scheme.hash)
  if (scheme.kind === 'DSA' || scheme.kind === 'ECDSA') {
    const verifier = createVerify(name)
    return {
      take: (bytes) => void verifier.update(bytes),
      end: () => (signature) => accepts(() => verifier.verify(object, signature)),
    }
  }
  const hash = createHash(name)
  return {
    take: (bytes) => void hash.update(bytes),
    end: () => (signature) =>
      verifyDigest(key, scheme, { digest: plain(hash.digest()), signature }),
  }
}

function signDigest(
  key: PrivateKey,
  scheme: Hashed,
  { digest, random }: { digest: Uint8Array; random: Random },
): Uint8Array {
  const object = objectOf(key)
  switch (scheme.kind) {
    case 'DSA':
      throw unsupported('A DSA signature of a digest')
    case 'ECDSA':
      return signDigestEcdsa(key, digest)
    case 'PKCS1': {
      const info = digestInfoOf(scheme.hash, digest)
      const padding = constants.RSA_PKCS1_PADDING
      return guarded(() => plain(privateEncrypt({ key: object, padding }, info)))
    }
    case 'PSS': {
      const hashes = { hash: scheme.hash, mask: scheme.mask ?? HashingAlgorithm.SHA_1 }
      const block = random
        .bytes(scheme.saltLength)
        .expose((salt) => pssBlock(hashes, digest, { salt, bits: key.bits }))
      const padding = constants.RSA_NO_PADDING
      return guarded(() => plain(privateEncrypt({ key: object, padding }, block)))
    }
  }
}

function verifyDigest(
  key: PublicKey,
  scheme: Hashed,
  { digest, signature }: { digest: Uint8Array; signature: Uint8Array },
): boolean {
  if (scheme.kind === 'DSA') throw unsupported('A DSA signature of a digest')
  if (scheme.kind === 'ECDSA') return verifyDigestEcdsa(key, digest, signature)
  if (signature.length !== Math.ceil(key.bits / 8)) return false
  const object = objectOf(key)
  return accepts(() => {
    if (scheme.kind !== 'PSS') {
      const padding = constants.RSA_PKCS1_PADDING
      const info = publicDecrypt({ key: object, padding }, signature)
      return sameBytes(info, digestInfoOf(scheme.hash, digest))
    }
    const block = publicDecrypt({ key: object, padding: constants.RSA_NO_PADDING }, signature)
    // The standard's default is SHA-1; before it had one, signers took the hash of the message.
    const masks = scheme.mask === undefined ? [HashingAlgorithm.SHA_1, scheme.hash] : [scheme.mask]
    return masks.some((mask) =>
      isPssBlock({ hash: scheme.hash, mask }, digest, { block, bits: key.bits }),
    )
  })
}

/** What cannot be a signature at all is none. */
function accepts(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}
