import { generateKeyPairSync } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import {
  constraints,
  keyPem,
  keyUsage,
  p256,
  purpose,
  PURPOSES,
  spkiOf,
  type Pair,
} from './certificate.ts'
import { integer, sequence } from './der.ts'
import { Dice } from '../dice.ts'
import { forge, toPem, type Forgery, type ForgeryWish, type World } from './world.ts'

/** Certificates for keys that are registered, but not ones to let somebody in with. */
export function faultyCertificates(world: World): readonly Forgery[] {
  return [
    ...forOtherPurposes(world),
    ...outOfTime(world),
    ...weakKeys(world),
    ...weakSignatures(world),
    ...degenerateSignatures(world),
    ...withoutExtensions(world),
  ]
}

/** A certificate for mallory's key, which is registered, with a fault of its own. */
function faulty(world: World, wish: ForgeryWish): Forgery {
  const { pair, subject } = world.mallory
  return forge(world, { pair, subject, ...wish })
}

function forOtherPurposes(world: World): readonly Forgery[] {
  const kind = 'another purpose'
  const others = (Object.keys(PURPOSES) as (keyof typeof PURPOSES)[]).filter(
    (each) => each !== 'client',
  )
  const usages = [0x20, 0x10, 0x04, 0x02, 0x06]
  return [
    ...others.map((each) =>
      faulty(world, {
        ...{ kind, what: `only for ${each}` },
        extensions: [constraints(false), keyUsage(0x80), purpose(each)],
      }),
    ),
    ...others.map((each) =>
      faulty(world, {
        ...{ kind, what: `for ${each} and another` },
        extensions: [purpose(each, each === 'code' ? 'mail' : 'code')],
      }),
    ),
    ...usages.map((usage) =>
      faulty(world, {
        ...{ kind, what: `Key Usage ${usage.toString(16)}` },
        extensions: [constraints(false), keyUsage(usage), purpose('client')],
      }),
    ),
  ]
}

/** Days from now between which they are valid. */
const TIMES: readonly (readonly [number, number])[] = [
  ...[-1 / 1_440, -1 / 24, -1, -30, -365, -3_650, -8_000].map((to) => [-9_000, to] as const),
  ...[1 / 24, 1, 2, 30, 365, 3_650, 10_000, 20_000].map((from) => [from, 30_000] as const),
  [1, -1],
  [10, -10],
  [-1, -2],
  [400, -400],
  [-30_000, -29_000],
]

function outOfTime(world: World): readonly Forgery[] {
  return TIMES.map((days) =>
    faulty(world, { kind: 'out of time', what: `valid from ${days.join(' to ')}`, days }),
  )
}

const rsa = (modulusLength: number): Pair => generateKeyPairSync('rsa', { modulusLength })
const curve = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve })

const WEAK: readonly (readonly [string, () => Pair])[] = [
  ['RSA of 512 bits', () => rsa(512)],
  ['RSA of 768 bits', () => rsa(768)],
  ['RSA of 1024 bits', () => rsa(1_024)],
  ['RSA of 1536 bits', () => rsa(1_536)],
  ['RSA of 2040 bits', () => rsa(2_040)],
  ['secp256k1', () => curve('secp256k1')],
  ['P-192', () => curve('prime192v1')],
  ['P-224', () => curve('secp224r1')],
  ['brainpool', () => curve('brainpoolP256r1')],
  ['secp160r1', () => curve('secp160r1')],
  ['sect233r1', () => curve('sect233r1')],
  [
    'a curve that spells itself out',
    () => generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }),
  ],
]

function weakKeys(world: World): readonly Forgery[] {
  const { alice, main } = world
  return WEAK.flatMap(([what, make]) => {
    const pair = make()
    return [alice.subject, world.mallory.subject].map((subject, at) =>
      forge(world, {
        ...{ kind: 'a weak key', what: `${what}, ${String(at)}`, pair, subject },
        ...{ registered: main, isWeak: true },
      }),
    )
  })
}

function weakSignatures(world: World): readonly Forgery[] {
  const kind = 'a weak signature'
  const { subject } = world.alice
  return (['SHA-1, mallory', 'SHA-1, alice'] as const).map((what, at) =>
    faulty(world, {
      ...{ kind, what, hash: 'sha1', isWeak: true },
      ...(at === 0 ? {} : { subject }),
    }),
  )
}

/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** Signatures that a careless verification takes for any message whatever. */
function degenerateSignatures(world: World): readonly Forgery[] {
  const pairs: readonly (readonly [bigint, bigint])[] = [
    ...([
      [0n, 0n],
      [1n, 1n],
      [0n, 1n],
      [1n, 0n],
    ] as const),
    ...([
      [ORDER, 1n],
      [1n, ORDER],
      [ORDER, ORDER],
      [ORDER + 1n, ORDER + 1n],
    ] as const),
  ]
  const signatures: readonly (readonly [string, Uint8Array])[] = [
    ...pairs.map(([r, s], at) => [String(at), sequence(integer(r), integer(s))] as const),
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(64)],
    ['a sequence of nothing', sequence()],
  ]
  return signatures.flatMap(([what, signature]) =>
    [world.alice.subject, world.mallory.subject].map((subject, at) =>
      forge(world, {
        ...{ kind: 'a signature of nothing', what: `${what}, ${String(at)}`, signature, subject },
        registered: world.main,
      }),
    ),
  )
}

function withoutExtensions(world: World): readonly Forgery[] {
  const { namesake, main, alice } = world
  return [main, namesake].flatMap(({ signer, der }) =>
    [[], [der]].map((chain, at) =>
      forge(world, {
        ...{ kind: 'of version 1', what: String(at), subject: alice.subject, version: 1 },
        ...{ signer, chain },
      }),
    ),
  )
}

/** Right certificates in which something was changed afterwards. */
export function editedCertificates(world: World, seed: number): readonly Forgery[] {
  return [...withAnotherKey(world), ...withOtherBytes(world, seed)]
}

/** One's own key where another's was. */
function withAnotherKey(world: World): readonly Forgery[] {
  const { alice, bob, mallory } = world
  const kind = 'a certificate with its key exchanged'
  return [alice, bob].flatMap((holder, at) =>
    [p256(), p256(), mallory.pair].map((pair, of) => {
      const der = replaced(holder.der, holder.publicKey, spkiOf(pair))
      return shown(der, { kind, what: `${String(at)}, ${String(of)}`, pair })
    }),
  )
}

const EDITS = 60

/** mallory's own, which says something else now. */
function withOtherBytes(world: World, seed: number): readonly Forgery[] {
  const { mallory, alice } = world
  const kind = 'a certificate with bytes changed'
  const dice = new Dice(seed)
  const named = replaced(mallory.der, Buffer.from('mallory'), Buffer.from('alice  '))
  const { pair } = mallory
  const serial = replaced(mallory.der, integer(mallory.serial), integer(alice.serial))
  const made: Forgery[] = [
    shown(named, { kind, what: 'the name', pair }),
    shown(serial, { kind, what: 'the serial number', pair }),
  ]
  const [start, end] = keyPlace(mallory.der, mallory.publicKey)
  while (made.length < EDITS) {
    const at = 8 + dice.below(mallory.der.length - 8)
    if (at >= start && at < end) continue
    const der = Buffer.from(mallory.der)
    der[at] = (der[at] ?? 0) ^ (1 << dice.below(8))
    const forgery = shown(der, { kind, what: `byte ${String(at)}`, pair })
    if (isPresentable(forgery)) made.push(forgery)
  }
  return made
}

function keyPlace(der: Uint8Array, key: Uint8Array): readonly [number, number] {
  const start = Buffer.from(der).indexOf(key)
  return [start, start + key.length]
}

function replaced(der: Uint8Array, old: Uint8Array, other: Uint8Array): Buffer {
  const at = Buffer.from(der).indexOf(old)
  if (at < 0 || old.length !== other.length) throw new TypeError('nothing to replace')
  const edited = Buffer.from(der)
  edited.set(other, at)
  return edited
}

interface Edited {
  readonly kind: string
  readonly what: string
  readonly pair: Pair
}

function shown(der: Uint8Array, { kind, what, pair }: Edited): Forgery {
  return { kind, what, cert: toPem(der), key: keyPem(pair) }
}

/** Whether a client of ours can show it at all. */
function isPresentable({ cert, key }: Forgery): boolean {
  try {
    createSecureContext({ cert, key })
    return true
  } catch {
    return false
  }
}
