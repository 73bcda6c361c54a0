import { uidText, type Kind } from './stage.ts'

/** How an operation is asked for with one object. */
export interface ObjectRequest {
  readonly kind: Kind
  readonly payload: (id: string, name: string) => string
}

const bytes = (name: string, value: string): string =>
  `<${name} type="ByteString" value="${value}"/>`
const enumeration = (name: string, value: string): string =>
  `<${name} type="Enumeration" value="${value}"/>`
const contact = (element: string): string =>
  `<${element}><ContactInformation type="TextString" value="somebody"/></${element}>`

const ECB = `<CryptographicParameters>${enumeration('BlockCipherMode', 'ECB')}</CryptographicParameters>`
const HMAC = `<CryptographicParameters>
  ${enumeration('CryptographicAlgorithm', 'HMAC_SHA256')}</CryptographicParameters>`
const ECDSA = `<CryptographicParameters>
  ${enumeration('DigitalSignatureAlgorithm', 'ECDSAWithSHA256')}</CryptographicParameters>`
const BLOCK = bytes('Data', '00'.repeat(16))

const of = (kind: Kind, rest = ''): ObjectRequest => ({ kind, payload: (id) => uidText(id) + rest })

/** Operations on one object that is there. Each is answered by the object's owner in every state, one way or another. */
export const ON_OBJECTS: Readonly<Record<string, ObjectRequest>> = {
  Locate: {
    kind: 'symmetric',
    payload: (_, name) => `<Attributes><Name><NameValue type="TextString" value="${name}"/>
      ${enumeration('NameType', 'UninterpretedTextString')}</Name></Attributes>`,
  },
  Get: of('symmetric'),
  GetAttributes: of('symmetric'),
  GetAttributeList: of('symmetric'),
  Check: of('symmetric'),
  ObtainLease: of('symmetric'),
  Export: of('symmetric'),
  Encrypt: of('symmetric', ECB + BLOCK),
  Decrypt: of('symmetric', ECB + BLOCK),
  Sign: of('private', ECDSA + BLOCK),
  SignatureVerify: of('public', ECDSA + BLOCK + bytes('SignatureData', '3006020101020101')),
  MAC: of('symmetric', HMAC + BLOCK),
  MACVerify: of('symmetric', HMAC + BLOCK + bytes('MACData', '00'.repeat(32))),
  GetUsageAllocation: of('symmetric', '<UsageLimitsCount type="LongInteger" value="1"/>'),
  Activate: of('symmetric'),
  Revoke: of(
    'symmetric',
    `<RevocationReason>${enumeration('RevocationReasonCode', 'KeyCompromise')}</RevocationReason>`,
  ),
  Archive: of('symmetric'),
  Recover: of('symmetric'),
  AddAttribute: of(
    'symmetric',
    '<NewAttribute><Comment type="TextString" value="a word"/></NewAttribute>',
  ),
  SetAttribute: of('symmetric', contact('NewAttribute')),
  ModifyAttribute: of('symmetric', contact('NewAttribute')),
  DeleteAttribute: of('symmetric', enumeration('AttributeReference', 'ContactInformation')),
  AdjustAttribute: of(
    'symmetric',
    `<AttributeReference><VendorIdentification type="TextString" value="x"/>
      <AttributeName type="TextString" value="Counted"/></AttributeReference>
      ${enumeration('AdjustmentType', 'Increment')}<AdjustmentValue type="Integer" value="1"/>`,
  ),
  Destroy: of('symmetric'),
}

/** Requests that name no object; those that are empty are refused by their operation itself, which is told apart. */
export const WITHOUT_OBJECTS: Readonly<Record<string, string>> = {
  DiscoverVersions: '',
  Query: enumeration('QueryFunction', 'QueryOperations'),
  Ping: '',
  Hash: `<CryptographicParameters>${enumeration('HashingAlgorithm', 'SHA_256')}
    </CryptographicParameters>${BLOCK}`,
  RNGRetrieve: '<DataLength type="Integer" value="8"/>',
  RNGSeed: BLOCK,
  GetConstraints: '',
  QueryAsynchronousRequests: '',
}
