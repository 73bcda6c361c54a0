import { Tag } from '../../src/spec/tag.ts'
import { find, findAll, textOf } from '../operation/harness.ts'
import { ASKER, BESIDE, HERE } from './cases.ts'
import {
  authenticatedKey,
  enumeration,
  grouped1,
  link1,
  mask1,
  uidText,
  wrappedKey,
} from './kinds.ts'
import type { Row, Touched } from './row.ts'
import { BLOCK, derivation, ECB, HAD, sealedBy, TYPE_X509, wrappedBy } from './rows-of-objects.ts'
import { FREE, type Stage, type Told } from './stage.ts'

const NOT_WRAPPED = enumeration('KeyWrapType', 'NotWrapped')
/** What the operation is for stands beside; what the row is about is used for it. */
const used = (operation: string, as: string): readonly Touched[] => [
  { which: 0, as: operation },
  { which: 'it', as },
]

const wrapped = (operation: string): readonly Row[] => [
  {
    ...{ operation, what: 'what wraps', about: 'wrapping', beside: ['symmetric'] },
    payload: ({ id, beside: [key] }) => uidText(key?.id ?? '') + wrappedBy(id),
    touches: used(operation, 'Encrypt'),
  },
  {
    ...{ operation, what: 'what authenticates', about: 'symmetric', beside: ['symmetric'] },
    payload: ({ id, beside: [key] }) => uidText(key?.id ?? '') + sealedBy(id),
    touches: used(operation, 'Sign'),
  },
  {
    ...{ operation, what: 'what unwraps', about: 'wrapping' },
    around: async (stage, { id }) => [await besideOf(stage, wrappedKey(id))],
    payload: ({ beside: [key] }) => uidText(key?.id ?? '') + NOT_WRAPPED,
    touches: used(operation, 'Decrypt'),
  },
  {
    ...{ operation, what: 'what verifies', about: 'symmetric' },
    around: async (stage, { id }) => [await besideOf(stage, authenticatedKey(id))],
    payload: ({ beside: [key] }) => uidText(key?.id ?? '') + NOT_WRAPPED,
    touches: used(operation, 'SignatureVerify'),
  },
]

async function besideOf(stage: Stage, object: string) {
  const usual = { relation: BESIDE, state: 'Active', isUnlimited: true } as const
  return stage.make({ kind: 'symmetric', ...usual, object })
}

const LOOSE = grouped1(BESIDE) + mask1(['Encrypt'])
const ATTRIBUTES = `<TemplateAttribute>${LOOSE}</TemplateAttribute>`

const WRAPPED_HERE: readonly Row[] = [
  {
    ...{ operation: 'Encrypt', what: 'what unwraps', about: 'wrapping' },
    around: async (stage, { id }) => [await besideOf(stage, wrappedKey(id))],
    payload: ({ beside: [key] }) => uidText(key?.id ?? '') + ECB + BLOCK,
    touches: used('Encrypt', 'Decrypt'),
  },
  {
    ...{ operation: 'Register', what: 'what it was wrapped with', about: 'wrapping' },
    version: '1.4',
    payload: ({ id }) => enumeration('ObjectType', 'SymmetricKey') + ATTRIBUTES + wrappedKey(id),
    touches: [{ which: 'it', as: 'Locate', isOptional: true }],
    told: linksOf,
  },
  {
    ...{ operation: 'Import', what: 'what unwraps', about: 'wrapping', version: '1.4' },
    payload: ({ id, chosen }) => uidText(chosen) + NOT_WRAPPED + LOOSE + wrappedKey(id),
    touches: [{ which: 'it', as: 'Decrypt' }],
  },
  {
    ...{ operation: 'Import', what: 'what verifies', about: 'symmetric', version: '1.4' },
    payload: ({ id, chosen }) => uidText(chosen) + NOT_WRAPPED + LOOSE + authenticatedKey(id),
    touches: [{ which: 'it', as: 'SignatureVerify' }],
  },
]

/** How many links what was made has. */
async function linksOf(stage: Stage, { payload }: Told): Promise<string> {
  const id = textOf(find(payload, Tag.UniqueIdentifier)) ?? ''
  const asker = { name: ASKER, role: FREE, namespace: HERE }
  const got = await stage.ask(asker, 'GetAttributes', { payload: uidText(id) })
  return `${String(findAll(got.payload, Tag.Link).length)} links`
}

const joined = (parts: readonly string[]): string =>
  `${enumeration('ObjectType', 'SymmetricKey')}${parts.map(uidText).join('')}
   <Attributes>${HAD}</Attributes>`
const wholeOf = (...which: readonly Touched['which'][]): readonly Touched[] =>
  which.map((each) => ({ which: each, as: 'JoinSplitKey' }))

const PARTS: readonly Row[] = [
  {
    ...{ operation: 'JoinSplitKey', what: 'the first part', about: 'part1', beside: ['part2'] },
    payload: ({ id, beside: [other] }) => joined([id, other?.id ?? '']),
    touches: wholeOf('it', 0),
  },
  {
    ...{ operation: 'JoinSplitKey', what: 'the second part', about: 'part2', beside: ['part1'] },
    payload: ({ id, beside: [other] }) => joined([other?.id ?? '', id]),
    touches: wholeOf(0, 'it'),
  },
  {
    ...{ operation: 'JoinSplitKey', what: 'the key that was split', about: 'symmetric' },
    put: () => ({ isUnlimited: true }),
    around: async (stage, { id }) => {
      const usual = {
        relation: BESIDE,
        state: 'Active',
        attributes: link1('ParentLink', id),
      } as const
      return [
        await stage.make({ kind: 'part1', ...usual }),
        await stage.make({ kind: 'part2', ...usual }),
      ]
    },
    payload: ({ beside }) => joined(beside.map((each) => each.id)),
    touches: [...wholeOf(0, 1), { which: 'it', as: 'JoinSplitKey', isOptional: true }],
  },
  {
    ...{ operation: 'DeriveKey', what: 'what is derived with', about: 'secret' },
    beside: ['derivation'],
    payload: ({ id, beside: [base] }) => derivation([base?.id ?? '', id], ''),
    touches: used('DeriveKey', 'DeriveKey'),
  },
]

const CERTIFICATES: readonly Row[] = [
  {
    ...{ operation: 'Certify', what: 'what signs', about: 'issuing', beside: ['public'] },
    around: async (stage, { relation, name, it }) => {
      const state = 'PreActive'
      if (it === undefined) stage.issueWith(name, name, relation)
      else {
        const own = await stage.make({ kind: 'issuingCertificate', relation, state })
        stage.issueWith(name, own.name, relation)
      }
      return []
    },
    payload: ({ beside: [key] }) => `${uidText(key?.id ?? '')}
      <Attributes>${TYPE_X509}${HAD}</Attributes>`,
    touches: [{ which: 0, as: 'Certify' }],
  },
  {
    ...{ operation: 'ReCertify', what: 'the request', about: 'request', beside: ['certificate'] },
    payload: ({ id, beside: [old] }) => `${uidText(old?.id ?? '')}
      <CertificateRequestUniqueIdentifier type="TextString" value="${id}"/>`,
    touches: used('ReCertify', 'ReCertify'),
  },
  {
    ...{ operation: 'ReCertify', what: 'the key', about: 'public' },
    around: async (stage, { id }) => [
      await stage.make({
        ...{ kind: 'certificate', relation: BESIDE, state: 'PreActive' },
        attributes: link1('PublicKeyLink', id),
      }),
    ],
    payload: ({ beside: [old] }) => uidText(old?.id ?? ''),
    touches: [
      { which: 0, as: 'ReCertify' },
      { which: 'it', as: 'ReCertify', isOptional: true },
    ],
  },
  {
    ...{ operation: 'Validate', what: 'the second', about: 'certificate' },
    beside: ['issuingCertificate'],
    payload: ({ id, beside: [above] }) => uidText(above?.id ?? '') + uidText(id),
    touches: used('Validate', 'Validate'),
  },
]

const PKCS_12 = enumeration('KeyFormatType', 'PKCS_12')

const LINKED: readonly Row[] = [
  {
    ...{ operation: 'ReKeyKeyPair', what: 'the public half', about: 'public' },
    around: async (stage, { id }) => [
      await stage.make({
        ...{ kind: 'private', relation: BESIDE, state: 'Active' },
        attributes: link1('PublicKeyLink', id),
      }),
    ],
    payload: ({ beside: [key] }) =>
      `<PrivateKeyUniqueIdentifier type="TextString" value="${key?.id ?? ''}"/>`,
    touches: used('ReKeyKeyPair', 'ReKeyKeyPair'),
  },
  ...(['Get', 'Export'] as const).flatMap((operation): readonly Row[] => [
    {
      ...{ operation, what: 'the password', about: 'secret' },
      around: async (stage, { id }) => [
        await stage.make({
          ...{ kind: 'private', relation: BESIDE, state: 'Active' },
          attributes: link1('PKCS_12PasswordLink', id),
        }),
      ],
      payload: ({ beside: [key] }) => uidText(key?.id ?? '') + PKCS_12,
      touches: used(operation, operation),
    },
    {
      ...{ operation, what: 'the certificate', about: 'certificate' },
      around: async (stage, { id }) => {
        const usual = { relation: BESIDE, state: 'Active' } as const
        const secret = await stage.make({ kind: 'secret', ...usual })
        const links = link1('PKCS_12PasswordLink', secret.id) + link1('CertificateLink', id)
        const key = await stage.make({ kind: 'private', ...usual, attributes: links })
        return [key, secret]
      },
      payload: ({ beside: [key] }) => uidText(key?.id ?? '') + PKCS_12,
      touches: [...used(operation, operation)],
    },
  ]),
]

/** Operations that use an object beside the one that they are for. */
export const OF_SECOND_OBJECTS: readonly Row[] = [
  ...wrapped('Get'),
  ...wrapped('Export'),
  ...WRAPPED_HERE,
  ...PARTS,
  ...CERTIFICATES,
  ...LINKED,
]
