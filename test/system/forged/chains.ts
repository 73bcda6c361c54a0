import { generateKeyPairSync } from 'node:crypto'
import {
  authorityExtensions,
  authorityKeyIdentifier,
  certificate,
  clientExtensions,
  named,
  p256,
  spkiOf,
  subjectKeyIdentifier,
  type Pair,
} from './certificate.ts'
import { TEXT_FORMS, type TextForm } from './der.ts'
import {
  createAuthority,
  forge,
  type Authority,
  type Forgery,
  type ForgeryWish,
  type World,
} from './world.ts'

const FORMS = Object.keys(TEXT_FORMS) as TextForm[]

/** Everything that is told of who has signed, and by whom it was. */
export function forgedChains(world: World): readonly Forgery[] {
  return [
    ...byNamesakes(world),
    ...byClients(world),
    ...byThemselves(world),
    ...belowAuthorities(world),
    ...besideOthers(world),
    ...withOthersKeys(world),
  ]
}

const keyKinds: readonly (() => Pair)[] = [
  p256,
  () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  () => generateKeyPairSync('ed25519'),
]

function namesakes({ main }: World): readonly (readonly [string, Authority])[] {
  const { keyIdentifier } = main
  return [
    ...FORMS.map((form): [string, Authority] => [
      `as ${form}`,
      createAuthority({ name: named('Test authority', form), keyIdentifier }),
    ]),
    ...keyKinds.map((make, at): [string, Authority] => [
      `with a key of kind ${String(at)}`,
      createAuthority({ name: main.name, pair: make(), keyIdentifier }),
    ]),
    ['of version 1', createAuthority({ name: main.name, version: 1 })],
  ]
}

/** An authority of the same name and key identifier, with a key of its own. */
function byNamesakes(world: World): readonly Forgery[] {
  const { alice, main } = world
  return namesakes(world).flatMap(([what, { signer, der }]) => {
    const wishes: readonly Partial<ForgeryWish>[] = [
      {},
      { serial: alice.serial, extensions: alice.extensions },
      { extensions: clientExtensions(authorityKeyIdentifier(main.keyIdentifier)) },
    ]
    return wishes.flatMap((wish, at) =>
      [[], [der], [der, main.der]].map((chain) =>
        forge(world, {
          ...wish,
          kind: 'another authority of the same name',
          what: `${what}, ${String(at)}, with ${String(chain.length)} of its own`,
          signer,
          chain,
        }),
      ),
    )
  })
}

/** The certificate of a client in the part of an authority. */
function byClients(world: World): readonly Forgery[] {
  const { main, mallory, alice } = world
  const kind = 'a client as an authority'
  const asAuthority = (subject: Uint8Array, extensions = authorityExtensions()) =>
    certificate({
      ...{ subject, signer: main.signer, extensions },
      publicKey: spkiOf(mallory.pair),
    })
  const inName = (name: Uint8Array) => ({ name, key: mallory.pair.privateKey })
  const chains: readonly (readonly [string, Uint8Array, readonly Uint8Array[]])[] = [
    ['its own', mallory.subject, [mallory.der]],
    ['its own, and the root', mallory.subject, [mallory.der, main.der]],
    ['one that says it is an authority', mallory.subject, [asAuthority(mallory.subject)]],
    ['one in the name of the root', main.name, [asAuthority(main.name)]],
    ['one in the name of alice', alice.subject, [asAuthority(alice.subject)]],
    ['none', mallory.subject, []],
    ['none, in the name of the root', main.name, []],
    ['one without key usage', mallory.subject, [asAuthority(mallory.subject, [])]],
  ]
  return chains.flatMap(([what, name, chain]) =>
    [alice.subject, named('ALICE'), named('bob')].map((subject, at) =>
      forge(world, {
        ...{ kind, what: `${what}, ${String(at)}`, subject, chain },
        signer: inName(name),
      }),
    ),
  )
}

function byThemselves(world: World): readonly Forgery[] {
  const { main, alice } = world
  const names: readonly (readonly [string, Uint8Array])[] = [
    ['alice', alice.subject],
    ['the authority', main.name],
    ...FORMS.map((form): [string, Uint8Array] => [`alice as ${form}`, named('alice', form)]),
  ]
  return names.flatMap(([what, name]) =>
    [clientExtensions(), authorityExtensions()].map((extensions, at) => {
      const pair = p256()
      const signer = { name, key: pair.privateKey }
      const kind = 'signed by itself'
      const more = at === 0 ? '' : ', as an authority'
      return forge(world, {
        ...{ kind, what: what + more, subject: name, pair, signer, extensions },
        // Whoever would put such a certificate on the list of clients has not made it one of an authority.
        ...(at === 0 ? {} : { registered: main }),
      })
    }),
  )
}

/** Below authorities that are trusted, but not for that. */
function belowAuthorities(world: World): readonly Forgery[] {
  const { between, tooDeep, main, second } = world
  const unknown = createAuthority({ name: named('Unknown'), signer: main.signer })
  const kind = 'an authority below an authority'
  return [
    ...[[], [tooDeep.der], [tooDeep.der, between.der], [tooDeep.der, between.der, main.der]].map(
      (chain) =>
        forge(world, {
          ...{ kind, what: `a path that is too long, ${String(chain.length)}`, chain },
          signer: tooDeep.signer,
          registered: tooDeep,
        }),
    ),
    ...[[], [unknown.der], [unknown.der, main.der]].map((chain) =>
      forge(world, {
        ...{ kind, what: `one that is not in the bundle, ${String(chain.length)}`, chain },
        signer: unknown.signer,
        registered: unknown,
      }),
    ),
    ...[second, between].map(({ signer }, at) =>
      forge(world, { kind, what: `another one that is trusted, ${String(at)}`, signer }),
    ),
  ]
}

/** Others' certificates behind one's own. */
function besideOthers(world: World): readonly Forgery[] {
  const { alice, bob, main, mallory } = world
  const kind = "another's certificate behind one's own"
  const behind = [
    [alice.der],
    [alice.der, main.der],
    [main.der, alice.der],
    [bob.der, alice.der],
    [alice.der, alice.der, main.der],
  ]
  return behind.flatMap((chain, at) => [
    forge(world, { kind, what: `one of nobody, ${String(at)}`, chain }),
    forge(world, {
      ...{ kind, what: `mallory's, ${String(at)}`, chain },
      ...{ subject: mallory.subject, pair: mallory.pair, is: 'mallory' },
    }),
  ])
}

/** Keys that somebody has, and certificates that are not theirs. */
function withOthersKeys(world: World): readonly Forgery[] {
  const { alice, bob, carol, second, main, between, namesake } = world
  const holders = [
    ['alice', alice, [second, between, namesake]],
    ['bob', bob, [second, between, namesake]],
    ['carol', carol, [main, between, namesake]],
  ] as const
  const moved = holders.flatMap(([name, { pair, subject, serial, extensions }, others]) =>
    others.map(({ signer }, at) =>
      forge(world, {
        ...{ kind: 'a key under another authority', what: `of ${name}, ${String(at)}` },
        ...{ pair, subject, serial, extensions, signer },
      }),
    ),
  )
  const copied = keyKinds.flatMap((make, at) =>
    [{}, { serial: alice.serial }, { serial: alice.serial, extensions: alice.extensions }].map(
      (wish, of) =>
        forge(world, {
          ...wish,
          kind: 'another key with what is in a certificate',
          what: `a key of kind ${String(at)}, ${String(of)}`,
          pair: make(),
        }),
    ),
  )
  const identified = [alice, bob, carol].map(({ keyIdentifier, subject }, at) =>
    forge(world, {
      kind: 'another key with what is in a certificate',
      what: `the identifier of a key, ${String(at)}`,
      subject,
      extensions: clientExtensions(subjectKeyIdentifier(keyIdentifier)),
    }),
  )
  return [...moved, ...copied, ...identified]
}
