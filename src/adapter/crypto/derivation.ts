import { createHmac, hkdfSync, pbkdf2 } from 'node:crypto'
import type {
  Ciphers,
  CounterKdfRequest,
  Derivation,
  HkdfRequest,
  Pbkdf2Request,
} from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { EMPTY, bigEndian, plain, reveal, secretOf, takeJoined } from './bytes.ts'
import { hashBytes, hashKind, type HashKind } from './hash.ts'
import { nodeMacs } from './mac.ts'
import { failed, guarded, invalid } from './refusal.ts'
import { createTurns } from './turns.ts'

/** One at a time: it works on the threads that the store writes with. */
const inTurn = createTurns(32)

/** The derivation methods of the standard, as functions of their inputs alone. */
export function createDerivation(ciphers: Ciphers): Derivation {
  return {
    pbkdf2: deriveByPassword,
    hkdf,
    sp800108,
    hash: (algorithm, input, length) => firstOf(hashBytes(algorithm, input), length),
    mac: (request, data, length) => firstOf(nodeMacs.mac(request, data), length),
    encrypt: (request, data, length) => {
      const { data: encrypted } = ciphers.encrypt(request, data)
      try {
        return encrypted.expose((bytes) => firstOf(plain(bytes), length))
      } finally {
        encrypted.destroy()
      }
    },
  }
}

async function deriveByPassword(request: Pbkdf2Request): Promise<Secret> {
  const { password, salt, iterations, length } = request
  const { name } = hashKind(request.hash)
  if (!Number.isSafeInteger(iterations) || iterations < 1 || iterations >= 2 ** 31) {
    throw invalid('The Iteration Count is not allowed')
  }
  checkLength(length, Number.MAX_SAFE_INTEGER)
  const own = password.clone()
  try {
    return await inTurn(async () => stretched(own, { salt, iterations, length, name }))
  } finally {
    own.destroy()
  }
}

interface Stretching {
  readonly salt: Uint8Array
  readonly iterations: number
  readonly length: number
  readonly name: string
}

async function stretched(
  password: Secret,
  { salt, iterations, length, name }: Stretching,
): Promise<Secret> {
  return new Promise((resolve, reject) => {
    password.expose((bytes) => {
      pbkdf2(bytes, salt, iterations, length, name, (error, key) => {
        if (error === null) resolve(secretOf(key))
        else reject(failed(error))
      })
    })
  })
}

/** RFC 5869 section 2.3 allows 255 digests. */
function hkdf({ hash, key, salt, info, length }: HkdfRequest): Secret {
  const kind = hashKind(hash)
  checkLength(length, 255 * kind.size)
  if (info.length > 1024) throw invalid('The context is longer than 1024 bytes')
  return guarded(() =>
    key.expose((bytes) =>
      Secret.take(new Uint8Array(hkdfSync(kind.name, bytes, salt, info, length))),
    ),
  )
}

/** Inputs of each round but the key: what went before, and the double pipeline's own chain. */
interface Round {
  readonly index: number
  readonly previous: Uint8Array
  readonly chain: Uint8Array
}

/**
 * SP 800-108 sections 5.1 to 5.3 with HMAC, a counter of 32 bits before the fixed input in every mode, and blocks
 * joined until there are enough bytes.
 */
function sp800108(request: CounterKdfRequest): Secret {
  const kind = hashKind(request.hash)
  checkLength(request.length, 2 ** 24)
  if (request.mode !== 'feedback' && request.iv !== undefined && request.iv.length > 0) {
    throw invalid('Only the feedback mode takes an IV')
  }
  return request.key.expose((key) =>
    reveal(request.fixed, (fixed) => iterate(request, { kind, key, fixed })),
  )
}

interface Prf {
  readonly kind: HashKind
  readonly key: Uint8Array
  readonly fixed: Uint8Array
}

function iterate({ mode, iv, length }: CounterKdfRequest, { kind, key, fixed }: Prf): Secret {
  const prf = (...parts: readonly Uint8Array[]): Uint8Array => {
    const hmac = createHmac(kind.name, key)
    for (const part of parts) hmac.update(part)
    return plain(hmac.digest())
  }
  const input: Record<typeof mode, (round: Round) => readonly Uint8Array[]> = {
    counter: ({ index }) => [bigEndian(index, 4), fixed],
    feedback: ({ index, previous }) => [previous, bigEndian(index, 4), fixed],
    'double-pipeline': ({ index, chain }) => [chain, bigEndian(index, 4), fixed],
  }
  const blocks: Uint8Array[] = []
  let previous = iv ?? EMPTY
  let chain = fixed
  for (let index = 1; blocks.length * kind.size < length; index += 1) {
    if (mode === 'double-pipeline') chain = prf(chain)
    previous = prf(...input[mode]({ index, previous, chain }))
    blocks.push(previous)
  }
  if (chain !== fixed) chain.fill(0)
  return firstOf(takeJoined(...blocks), length)
}

/** Takes over `output` (KMIP 1.4 section 4.6: a method that gives less than is asked for is an error). */
function firstOf(output: Uint8Array, length: number): Secret {
  checkLength(length, output.length)
  const wanted = Secret.copyOf(output.subarray(0, length))
  output.fill(0)
  return wanted
}

/** More than a method can give is a failure of it (KMIP 1.4 section 11.7). */
function checkLength(length: number, most: number): void {
  if (!Number.isSafeInteger(length) || length < 1) {
    throw invalid('No key has such a Cryptographic Length')
  }
  if (length > most) throw failed()
}
