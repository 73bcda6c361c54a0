import { createHmac } from 'node:crypto'
import { hashOfHmac } from '../../model/hmac.ts'
import type { Bytes, Macs, MacRequest, MacStream } from '../../port/crypto.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { plain, reveal, sameBytes, takeJoined } from './bytes.ts'
import { openSealing } from './aead.ts'
import { blockCipherPlan, blockLengthOf, keyBytes } from './cipher-plan.ts'
import { cbcMac, cmac, type MacEngine } from './cmac.ts'
import { hashKind } from './hash.ts'
import { poly1305Engine } from './poly1305.ts'
import { mismatched, unsupported } from './refusal.ts'

const A = CryptographicAlgorithm
/** MACs by OpenSSL's HMAC and block ciphers. */
export const nodeMacs: Macs = {
  begin: (request) => new NodeMacStream(engineOf(request)),
  mac: (request, data) => new NodeMacStream(engineOf(request)).update(data).finish(),
  verify: (request, data, mac) => new NodeMacStream(engineOf(request)).update(data).verify(mac),
}

class NodeMacStream implements MacStream {
  readonly gathers: boolean
  readonly #engine: MacEngine

  constructor(engine: MacEngine) {
    this.gathers = engine.gathers === true
    this.#engine = engine
  }

  update(data: Bytes): this {
    reveal(data, (bytes) => {
      this.#engine.update(bytes)
    })
    return this
  }

  finish(): Uint8Array {
    return plain(this.#engine.digest())
  }

  verify(mac: Uint8Array): boolean {
    return sameBytes(this.finish(), mac)
  }

  destroy(): void {
    this.#engine.destroy?.()
  }
}

/** The parameters' algorithm goes before the key's; a hash without a block cipher's mode asks for HMAC. */
function engineOf(request: MacRequest): MacEngine {
  const { parameters } = request
  const algorithm = parameters.cryptographicAlgorithm ?? request.algorithm
  const hash = hmacHash(algorithm, request)
  if (hash !== undefined) return hmac(request, hash)
  if (algorithm === A.Poly1305) return poly1305Engine(request.key)
  if (blockLengthOf(algorithm) === undefined) {
    throw unsupported('A MAC with the Cryptographic Algorithm')
  }
  if (algorithm !== request.algorithm) {
    throw mismatched('The Cryptographic Algorithm is not that of the key')
  }
  return blockMac(request)
}

function hmacHash(
  algorithm: CryptographicAlgorithm,
  { parameters }: MacRequest,
): HashingAlgorithm | undefined {
  const { hashingAlgorithm: asked, blockCipherMode } = parameters
  const named = hashOfHmac(algorithm)
  if (named === undefined) return blockCipherMode === undefined ? asked : undefined
  if (asked !== undefined && asked !== named) {
    throw mismatched('The Hashing Algorithm is not that of the Cryptographic Algorithm')
  }
  return named
}

function hmac({ key }: MacRequest, hash: HashingAlgorithm): MacEngine {
  const { name } = hashKind(hash)
  return key.expose((bytes) => createHmac(name, bytes))
}

/** CMAC where no mode is named. */
function blockMac(request: MacRequest): MacEngine {
  const { blockCipherMode: mode = BlockCipherMode.CMAC } = request.parameters
  if (mode === BlockCipherMode.CMAC) return cmac(request)
  if (mode === BlockCipherMode.CBC_MAC) return cbcMac(request)
  if (mode === BlockCipherMode.GCM) return gmac(request)
  throw unsupported('A MAC with the Block Cipher Mode')
}

/** GCM over additional data alone; that has to be known as a whole. */
function gmac(request: MacRequest): MacEngine {
  const plan = blockCipherPlan(request)
  const key = request.key.expose((bytes) => keyBytes(request.algorithm, bytes))
  const parts: Uint8Array[] = []
  const destroy = (): void => {
    for (const part of parts.splice(0)) part.fill(0)
    key.fill(0)
  }
  return {
    gathers: true,
    destroy,
    update: (bytes) => {
      parts.push(plain(bytes))
    },
    digest: () => {
      const associated = takeJoined(...parts)
      const { tag } = openSealing({ ...plan, associated }, key).finish()
      associated.fill(0)
      if (tag === undefined) throw unsupported('GMAC')
      return tag
    },
  }
}
