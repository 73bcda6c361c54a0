import {
  alternativeNames,
  clientExtensions,
  directoryName,
  dnsName,
  mailName,
  nameOf,
  nameOfSet,
  principalName,
  subjectKeyIdentifier,
  uriName,
} from './certificate.ts'
import { TEXT_FORMS, type TextForm } from './der.ts'
import { forge, type Forgery, type ForgeryWish, type World } from './world.ts'

const COMMON_NAME = '2.5.4.3'
const USER_ID = '0.9.2342.19200300.100.1.1'
const MAIL = '1.2.840.113549.1.9.1'
const SURNAME = '2.5.4.4'

/** Names that are taken for alice by people, or by programs that fold, cut or compare carelessly. */
const ALIKE: readonly (readonly [what: string, text: string])[] = [
  ['the very name', 'alice'],
  ['capitals', 'ALICE'],
  ['a capital at the front', 'Alice'],
  ['a NUL at the end', 'alice\u0000'],
  ['a NUL and more', 'alice\u0000.example'],
  ['a NUL in front', '\u0000alice'],
  ['a dot at the end', 'alice.'],
  ['a space at the end', 'alice '],
  ['a space in front', ' alice'],
  ['spaces around', '  alice  '],
  ['a tab at the end', 'alice\t'],
  ['a line break at the end', 'alice\n'],
  ['another name in the next line', 'mallory\nCN=alice'],
  ['another name behind a comma', 'mallory,CN=alice'],
  ['another name behind a slash', 'mallory/CN=alice'],
  ['a star', '*'],
  ['a star at the end', 'al*'],
  ['a quote', "alice' or '1'='1"],
  ['per cent', 'alic%65'],
  ['nothing', ''],
]

/** The same beyond ASCII. */
const ALIKE_ELSEWHERE: readonly (readonly [what: string, text: string])[] = [
  ['a Cyrillic a', '\u0430lice'],
  ['a Greek alpha', '\u03b1lice'],
  ['a dotless i', 'al\u0131ce'],
  ['a small capital l', 'a\u029fice'],
  ['full width letters', '\uff41\uff4c\uff49\uff43\uff45'],
  ['a space without width', 'ali\u200bce'],
  ['a mark of direction', '\u202ealice'],
  ['an accent of its own', 'alice\u0301'],
  ['a soft hyphen', 'ali\u00adce'],
  ['a space that does not break', 'alice\u00a0'],
]

function alikeNames(): readonly (readonly [what: string, name: Uint8Array])[] {
  const forms = Object.keys(TEXT_FORMS) as TextForm[]
  const plain = ALIKE.flatMap(([what, text]) =>
    forms.map((form) => [`${what} as ${form}`, nameOf([COMMON_NAME, text, form])] as const),
  )
  const wide = ALIKE_ELSEWHERE.flatMap(([what, text]) =>
    (['UTF8String', 'BMPString', 'UniversalString'] as const).map(
      (form) => [`${what} as ${form}`, nameOf([COMMON_NAME, text, form])] as const,
    ),
  )
  return [...plain, ...wide]
}

const PLACES: readonly (readonly [what: string, name: Uint8Array])[] = [
  ['the name twice', nameOf([COMMON_NAME, 'mallory'], [COMMON_NAME, 'alice'])],
  ['the name first of two', nameOf([COMMON_NAME, 'alice'], [COMMON_NAME, 'mallory'])],
  ['two names in one set', nameOfSet([COMMON_NAME, 'alice'], [COMMON_NAME, 'mallory'])],
  ['the name as user identifier', nameOf([COMMON_NAME, 'mallory'], [USER_ID, 'alice'])],
  ['the name as mail address', nameOf([COMMON_NAME, 'mallory'], [MAIL, 'alice', 'IA5String'])],
  ['the name as surname', nameOf([SURNAME, 'alice'])],
  ['no name at all', nameOf()],
]

function alternatives({ alice }: World): readonly (readonly [string, readonly Uint8Array[]])[] {
  const names: readonly (readonly [string, Uint8Array])[] = [
    ['the host', dnsName('alice.example')],
    ['the bare host', dnsName('alice')],
    ['a star for the host', dnsName('*.example')],
    ['a host with a NUL', dnsName('alice.example\u0000.mallory.example')],
    ['a host in capitals', dnsName('ALICE.EXAMPLE')],
    ['the mail address', mailName('alice@example')],
    ['the resource', uriName('urn:client:alice')],
    ['the directory name', directoryName(alice.subject)],
    ['the principal', principalName('alice')],
  ]
  return names.map(([what, name]) => [
    `an alternative name: ${what}`,
    clientExtensions(alternativeNames(name)),
  ])
}

/** Certificates of the right authority under names that are alice's, or nearly. */
export function forgedNames(world: World): readonly Forgery[] {
  const wishes: readonly Omit<ForgeryWish, 'kind'>[] = [
    ...[...alikeNames(), ...PLACES].map(([what, subject]) => ({ what, subject })),
    ...alternatives(world).map(([what, extensions]) => ({ what, extensions })),
    {
      what: 'the key identifier',
      extensions: clientExtensions(subjectKeyIdentifier(world.alice.keyIdentifier)),
    },
  ]
  const { pair } = world.mallory
  return [
    ...wishes.map((wish) => forge(world, { ...wish, kind: 'name of another, key of nobody' })),
    // By its key such a certificate is mallory's, whatever is in it.
    ...wishes
      .filter((_, at) => at % 3 === 0)
      .map((wish) => forge(world, { ...wish, kind: 'name of another', pair, is: 'mallory' })),
  ]
}
