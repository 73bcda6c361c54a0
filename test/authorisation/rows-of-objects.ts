import { attribute1 } from '../operation/harness.ts'
import {
  bytes,
  enumeration,
  HMAC,
  integer,
  link1,
  NIST_KEY_WRAP,
  uidText,
  type Kind,
} from './kinds.ts'
import type { Row } from './row.ts'

const contact = (element: string): string =>
  `<${element}><ContactInformation type="TextString" value="somebody"/></${element}>`

export const ECB = `<CryptographicParameters>${enumeration('BlockCipherMode', 'ECB')}</CryptographicParameters>`
const ECDSA = `<CryptographicParameters>
  ${enumeration('DigitalSignatureAlgorithm', 'ECDSAWithSHA256')}</CryptographicParameters>`
export const BLOCK = bytes('Data', '00'.repeat(16))

const of = (operation: string, about: Kind, rest = ''): Row => ({
  ...{ operation, about },
  payload: ({ id }) => uidText(id) + rest,
})
const onKey = (operation: string, rest = ''): Row => of(operation, 'symmetric', rest)

const NAMED: readonly Row[] = [
  {
    ...{ operation: 'Locate', about: 'symmetric' },
    payload: ({ name }) => `<Attributes><Name><NameValue type="TextString" value="${name}"/>
      ${enumeration('NameType', 'UninterpretedTextString')}</Name></Attributes>`,
  },
  onKey('Get'),
  onKey('GetAttributes'),
  onKey('GetAttributeList'),
  onKey('Check'),
  onKey('ObtainLease'),
  onKey('Export'),
  of('Validate', 'certificate'),
  {
    ...{ operation: 'Query', what: 'its group', about: 'symmetric' },
    put: ({ groups = [] }) => ({
      attributes: attribute1('Object Group', 'TextString', 'of it alone', groups.length),
    }),
    payload: () => `${enumeration('QueryFunction', 'QueryOperations')}<ObjectGroups>
      <ObjectGroup type="TextString" value="of it alone"/></ObjectGroups>`,
    touches: [{ which: 'it', as: 'Locate' }],
  },
]

const USED: readonly Row[] = [
  onKey('Encrypt', ECB + BLOCK),
  onKey('Decrypt', ECB + BLOCK),
  of('Sign', 'private', ECDSA + BLOCK),
  of('SignatureVerify', 'public', ECDSA + BLOCK + bytes('SignatureData', '3006020101020101')),
  onKey('MAC', HMAC + BLOCK),
  onKey('MACVerify', HMAC + BLOCK + bytes('MACData', '00'.repeat(32))),
  onKey('GetUsageAllocation', '<UsageLimitsCount type="LongInteger" value="1"/>'),
]

const ADDED_GROUPS = ['g-beside', 'g-held', 'g-denied', 'g-all', 'g-see', 'g-client']

const CHANGED: readonly Row[] = [
  onKey('Activate'),
  onKey(
    'Revoke',
    `<RevocationReason>${enumeration('RevocationReasonCode', 'KeyCompromise')}</RevocationReason>`,
  ),
  onKey('Archive'),
  onKey('Recover'),
  onKey('AddAttribute', '<NewAttribute><Comment type="TextString" value="a word"/></NewAttribute>'),
  ...ADDED_GROUPS.map((group): Row => {
    const added = `<NewAttribute><ObjectGroup type="TextString" value="${group}"/></NewAttribute>`
    return { ...onKey('AddAttribute', added), what: `to ${group}` }
  }),
  {
    ...onKey('AddAttribute', attribute1('Operation Policy Name', 'TextString', 'public')),
    ...{ what: 'an operation policy', version: '1.4' },
  },
  {
    ...onKey('DeleteAttribute', enumeration('AttributeReference', 'ObjectGroup')),
    what: 'the groups',
  },
  onKey('SetAttribute', contact('NewAttribute')),
  onKey('ModifyAttribute', contact('NewAttribute')),
  onKey('DeleteAttribute', enumeration('AttributeReference', 'ContactInformation')),
  onKey(
    'AdjustAttribute',
    `<AttributeReference><VendorIdentification type="TextString" value="x"/>
      <AttributeName type="TextString" value="Counted"/></AttributeReference>
      ${enumeration('AdjustmentType', 'Increment')}${integer('AdjustmentValue', 1)}`,
  ),
  onKey('Destroy'),
]

const SPLIT = `${integer('SplitKeyParts', 2)}${integer('SplitKeyThreshold', 2)}
  ${enumeration('SplitKeyMethod', 'XOR')}<Attributes/>`

const unlimited = () => ({ isUnlimited: true })

const PAIR: Row = {
  ...{ operation: 'ReKeyKeyPair', about: 'private', half: 'public' },
  put: (_, half) => ({ attributes: link1('PublicKeyLink', half?.id ?? '') }),
  payload: ({ id }) => `<PrivateKeyUniqueIdentifier type="TextString" value="${id}"/>`,
}

/** What makes a new object of one that is there, which hands on to it what it is told apart by. */
const REPLACED: readonly Row[] = [
  onKey('ReKey'),
  {
    ...PAIR,
    touches: [
      { which: 'it', as: 'ReKeyKeyPair' },
      { which: 0, as: 'ReKeyKeyPair' },
    ],
    states: ['PreActive', 'Active', 'Deactivated', 'Compromised'],
  },
  // Nobody asks for the other half then.
  { ...PAIR, what: 'that is gone', states: ['Destroyed', 'Archived'] },
  of('ReCertify', 'certificate'),
  {
    ...{ operation: 'CreateSplitKey', about: 'symmetric', put: unlimited },
    payload: ({ id }) => enumeration('ObjectType', 'SplitKey') + uidText(id) + SPLIT,
  },
]

export const TYPE_X509 = enumeration('CertificateType', 'X_509')
/** Attributes of a new object that everybody may have. */
export const HAD = '<ObjectGroup type="TextString" value="g-beside"/>'
const SUBJECT = '<CertificateSubjectCN type="TextString" value="Somebody"/>'

/** What makes another object, which everybody might have. */
const MADE: readonly Row[] = [
  of('Certify', 'public', `<Attributes>${TYPE_X509}${HAD}${SUBJECT}</Attributes>`),
  {
    ...of('Certify', 'request', `<Attributes>${TYPE_X509}${HAD}</Attributes>`),
    what: 'a request that is kept',
  },
  {
    ...{ operation: 'DeriveKey', about: 'derivation' },
    payload: ({ id }) => derivation([id], '<DerivationData type="ByteString" value="00"/>'),
  },
]

/** The payload of Derive Key. */
export function derivation(from: readonly string[], data: string): string {
  return `${enumeration('ObjectType', 'SymmetricKey')}${from.map(uidText).join('')}
    ${enumeration('DerivationMethod', 'HMAC')}<DerivationParameters><CryptographicParameters>
    ${enumeration('HashingAlgorithm', 'SHA_256')}</CryptographicParameters>${data}
    </DerivationParameters><Attributes>${enumeration('CryptographicAlgorithm', 'AES')}
    ${integer('CryptographicLength', 128)}${integer('CryptographicUsageMask', 'Encrypt')}
    ${HAD}</Attributes>`
}

/** XML of a Key Wrapping Specification for a key that encrypts. */
export const wrappedBy = (key: string): string => `<KeyWrappingSpecification>
  ${enumeration('WrappingMethod', 'Encrypt')}<EncryptionKeyInformation>${uidText(key)}
  ${NIST_KEY_WRAP}</EncryptionKeyInformation></KeyWrappingSpecification>`

/** XML of a Key Wrapping Specification for a key that authenticates. */
export const sealedBy = (key: string): string => `<KeyWrappingSpecification>
  ${enumeration('WrappingMethod', 'MACSign')}<MACSignatureKeyInformation>${uidText(key)}${HMAC}
  </MACSignatureKeyInformation></KeyWrappingSpecification>`

/** Operations on one object. Each is answered by its owner in every state, one way or another. */
export const OF_OBJECTS: readonly Row[] = [...NAMED, ...USED, ...CHANGED, ...REPLACED, ...MADE]
