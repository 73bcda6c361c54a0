import { createHash } from 'node:crypto'
import {
  authorityExtensions,
  certificate,
  clientExtensions,
  keyPem,
  named,
  p256,
  spkiOf,
  subjectKeyIdentifier,
  authorityKeyIdentifier,
  alternativeNames,
  dnsName,
  type Pair,
  type Signer,
  type Wish,
} from './certificate.ts'
import { pem } from './der.ts'

/** An authority whose clients the server lets in, or one that only looks like it. */
export interface Authority {
  readonly name: Uint8Array
  readonly pair: Pair
  readonly der: Uint8Array
  readonly cert: string
  readonly key: string
  readonly signer: Signer
  readonly keyIdentifier: Uint8Array
}

/** A client with a certificate of an authority. */
export interface Holder {
  readonly pair: Pair
  readonly subject: Uint8Array
  readonly serial: Uint8Array
  readonly publicKey: Uint8Array
  readonly extensions: readonly Uint8Array[]
  readonly keyIdentifier: Uint8Array
  readonly der: Uint8Array
  readonly cert: string
  readonly key: string
}

export interface AuthorityWish {
  readonly name: Uint8Array
  readonly pair?: Pair
  /** Who signs, where it is not itself. */
  readonly signer?: Signer
  readonly pathLength?: bigint
  readonly keyIdentifier?: Uint8Array
  readonly version?: 1 | 3
}

export function createAuthority(wish: AuthorityWish): Authority {
  const { name, pair = p256(), pathLength, version = 3 } = wish
  const own: Signer = { name, key: pair.privateKey }
  const keyIdentifier = wish.keyIdentifier ?? identifierOf(spkiOf(pair))
  const der = certificate({
    subject: name,
    publicKey: spkiOf(pair),
    signer: wish.signer ?? own,
    extensions: [...authorityExtensions(pathLength), subjectKeyIdentifier(keyIdentifier)],
    version,
  })
  return { name, pair, der, cert: toPem(der), key: keyPem(pair), signer: own, keyIdentifier }
}

/** The usual form of a key identifier (RFC 5280 section 4.2.1.2). */
export function identifierOf(publicKey: Uint8Array): Uint8Array {
  return createHash('sha1').update(publicKey).digest()
}

export function createHolder(name: string, by: Authority, serial: Uint8Array): Holder {
  const pair = p256()
  const publicKey = spkiOf(pair)
  const subject = named(name)
  const keyIdentifier = identifierOf(publicKey)
  const extensions = clientExtensions(
    subjectKeyIdentifier(keyIdentifier),
    authorityKeyIdentifier(by.keyIdentifier),
    alternativeNames(dnsName(`${name}.example`)),
  )
  const der = certificate({ subject, publicKey, signer: by.signer, serial, extensions })
  const held = { pair, subject, serial, publicKey, extensions, keyIdentifier, der }
  return { ...held, cert: toPem(der), key: keyPem(pair) }
}

export const toPem = (der: Uint8Array): string => pem('CERTIFICATE', der)

/** What the server knows, and what those who forge have seen of it. */
export interface World {
  /** Trusted, and alice, bob and mallory are its clients. */
  readonly main: Authority
  /** Trusted too; carol is its client. */
  readonly second: Authority
  /** Trusted, beneath `main`, and without any authority below it. */
  readonly between: Authority
  /** Trusted, beneath `between`, which it should not be. */
  readonly tooDeep: Authority
  /** Of the same name as `main`, and not trusted. */
  readonly namesake: Authority
  readonly alice: Holder
  readonly bob: Holder
  readonly carol: Holder
  /** A client who would like to be another. */
  readonly mallory: Holder
}

export function createWorld(): World {
  const main = createAuthority({ name: named('Test authority') })
  const second = createAuthority({ name: named('Second authority') })
  const between = createAuthority({
    ...{ name: named('Between'), signer: main.signer },
    pathLength: 0n,
  })
  const tooDeep = createAuthority({ name: named('Too deep'), signer: between.signer })
  const namesake = createAuthority({ name: main.name, keyIdentifier: main.keyIdentifier })
  const holder = (name: string, by: Authority, serial: number): Holder =>
    createHolder(name, by, Uint8Array.of(0x11, 0x22, serial))
  return {
    ...{ main, second, between, tooDeep, namesake },
    alice: holder('alice', main, 1),
    bob: holder('bob', main, 2),
    carol: holder('carol', second, 3),
    mallory: holder('mallory', main, 4),
  }
}

/** A certificate that is not what it says, and what shows it. */
export interface Forgery {
  readonly kind: string
  readonly what: string
  readonly cert: string
  readonly key: string
  /** Who it is all the same, by its key; nobody where it is absent. */
  readonly is?: string
  /** The authority to register its key under; for what is to be refused although somebody registered it. */
  readonly registered?: Authority
  readonly isWeak?: boolean
}

export interface ForgeryWish extends Partial<Omit<Wish, 'publicKey'>> {
  readonly kind: string
  readonly what: string
  readonly pair?: Pair
  readonly chain?: readonly Uint8Array[]
  readonly is?: string
  readonly registered?: Authority
  readonly isWeak?: boolean
}

/** Somebody's certificate under the name of alice, with a key of their own unless the wish says otherwise. */
export function forge(world: World, wish: ForgeryWish): Forgery {
  const { kind, what, pair = p256(), chain = [], is, registered, isWeak, ...rest } = wish
  const der = certificate({
    subject: world.alice.subject,
    signer: world.main.signer,
    ...rest,
    publicKey: spkiOf(pair),
  })
  return {
    kind,
    what,
    cert: [der, ...chain].map(toPem).join(''),
    key: keyPem(pair),
    ...(is === undefined ? {} : { is }),
    ...(registered === undefined ? {} : { registered }),
    ...(isWeak === undefined ? {} : { isWeak }),
  }
}
