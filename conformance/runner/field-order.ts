import type { Difference } from './difference.ts'
import { childOf, memberOf, type Node } from './template.ts'

/**
 * Clients read answers by position: each structure must hold the fields of its table in the order of its table, and
 * nothing else (KMIP 1.4 sections 2.1, 2.2, 4 and 7.2, KMIP 2.1 sections 3, 6.1 and 8).
 *
 * In a row, `?` marks what may be absent and `*` what may come any number of times. Template-Attributes, which answers of
 * 1.x may hold, are left out on purpose: clients are known to stumble over them.
 */
export function checkFields(response: Node, version: string): readonly Difference[] {
  return walk(response, version.startsWith('1.') ? V1 : V2, response.name)
}

function walk(node: Node, payloads: Rows, path: string): readonly Difference[] {
  const row = node.name === 'Attribute' ? payloads['Attribute'] : STRUCTURES[node.name]
  const found = row === undefined ? [] : judge(node, row, path)
  for (const child of node.children) {
    const below = `${path}/${child.name}`
    if (child.name === 'ResponsePayload') found.push(...checkPayload(node, child, payloads, below))
    found.push(...walk(child, payloads, below))
  }
  return found
}

function checkPayload(item: Node, payload: Node, payloads: Rows, path: string): Difference[] {
  const operation = memberOf(childOf(item, 'Operation'))
  // Check tells what it objects to, and a request that is under way may answer with an empty payload.
  if (operation === undefined || memberOf(childOf(item, 'ResultStatus')) !== 'Success') return []
  const row = payloads[operation] ?? BOTH[operation]
  return row === undefined ? [] : judge(payload, row, path)
}

function judge(node: Node, row: string, path: string): Difference[] {
  if (node.children.length === 0 && node.item.type !== STRUCTURE) return []
  const names = node.children.map(({ name }) => name).join(' ')
  if (patternOf(row).test(names)) return []
  return [{ kind: 'rule', path, expected: row === '' ? 'no fields' : row, got: names }]
}

/** A row as a pattern of the children's names, joined by blanks. */
function patternOf(row: string): RegExp {
  const known = patterns.get(row)
  if (known !== undefined) return known
  const parts = row
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const mark = /[?*]$/u.exec(word)?.[0] ?? ''
      const names = word.slice(0, word.length - mark.length).replace('OBJECT', OBJECTS)
      return `(?:(?:${names})(?: |$))${mark}`
    })
  const pattern = new RegExp(`^${parts.join('')}$`, 'u')
  patterns.set(row, pattern)
  return pattern
}

const patterns = new Map<string, RegExp>()

const STRUCTURE = 0x01

type Rows = Readonly<Record<string, string>>

const OBJECTS =
  'Certificate|CertificateRequest|OpaqueObject|PGPKey|PrivateKey|PublicKey|SecretData|SplitKey|SymmetricKey|Template'
const KEY = 'KeyBlock'

const STRUCTURES: Rows = {
  ResponseHeader:
    'ProtocolVersion TimeStamp Nonce? ServerHashedPassword? AttestationType* ClientCorrelationValue? ServerCorrelationValue? BatchCount',
  ProtocolVersion: 'ProtocolVersionMajor ProtocolVersionMinor',
  BatchItem:
    'Operation UniqueBatchItemID? ResultStatus ResultReason? ResultMessage? AsynchronousCorrelationValue? ResponsePayload? MessageExtension*',
  Certificate: 'CertificateType CertificateValue',
  OpaqueObject: 'OpaqueDataType OpaqueDataValue',
  PrivateKey: KEY,
  PublicKey: KEY,
  SymmetricKey: KEY,
  SecretData: `SecretDataType ${KEY}`,
  SplitKey: `SplitKeyParts KeyPartIdentifier SplitKeyThreshold SplitKeyMethod PrimeFieldSize? ${KEY}`,
  KeyBlock:
    'KeyFormatType KeyCompressionType? KeyValue? CryptographicAlgorithm? CryptographicLength? KeyWrappingData?',
  KeyValue: 'KeyMaterial Attribute* Attributes?',
  KeyWrappingData:
    'WrappingMethod EncryptionKeyInformation? MACSignatureKeyInformation? MACSignature? IVCounterNonce? EncodingOption?',
  EncryptionKeyInformation: 'UniqueIdentifier CryptographicParameters?',
  MACSignatureKeyInformation: 'UniqueIdentifier CryptographicParameters?',
}

const IDENTIFIER = 'UniqueIdentifier'
const PAIR = 'PrivateKeyUniqueIdentifier PublicKeyUniqueIdentifier'

/** Payloads, by their operation, that are the same in both major versions. */
const BOTH: Rows = {
  Activate: IDENTIFIER,
  Archive: IDENTIFIER,
  Cancel: 'AsynchronousCorrelationValue CancellationResult',
  Certify: IDENTIFIER,
  Check: `${IDENTIFIER}? UsageLimitsCount? CryptographicUsageMask? LeaseTime?`,
  Create: `ObjectType ${IDENTIFIER}`,
  CreateKeyPair: PAIR,
  CreateSplitKey: `${IDENTIFIER}*`,
  Decrypt: `${IDENTIFIER} Data? CorrelationValue?`,
  DeriveKey: IDENTIFIER,
  Destroy: IDENTIFIER,
  DiscoverVersions: 'ProtocolVersion*',
  Encrypt: `${IDENTIFIER} Data? IVCounterNonce? CorrelationValue? AuthenticatedEncryptionTag?`,
  Get: `ObjectType ${IDENTIFIER} OBJECT`,
  GetUsageAllocation: IDENTIFIER,
  Hash: 'Data? CorrelationValue?',
  Import: IDENTIFIER,
  JoinSplitKey: IDENTIFIER,
  Locate: `LocatedItems? ${IDENTIFIER}*`,
  MAC: `${IDENTIFIER} MACData? CorrelationValue?`,
  MACVerify: `${IDENTIFIER} ValidityIndicator? CorrelationValue?`,
  ObtainLease: `${IDENTIFIER} LeaseTime LastChangeDate`,
  ReCertify: IDENTIFIER,
  ReKey: IDENTIFIER,
  ReKeyKeyPair: PAIR,
  Recover: IDENTIFIER,
  Register: IDENTIFIER,
  Revoke: IDENTIFIER,
  RNGRetrieve: 'Data',
  RNGSeed: 'DataLength',
  Sign: `${IDENTIFIER} SignatureData? CorrelationValue?`,
  SignatureVerify: `${IDENTIFIER} ValidityIndicator? Data? CorrelationValue?`,
  Validate: 'ValidityIndicator',
}

const QUERY =
  'Operation* ObjectType* VendorIdentification? ServerInformation? ApplicationNamespace* ExtensionInformation* AttestationType* RNGParameters* ProfileInformation* ValidationInformation* CapabilityInformation* ClientRegistrationMethod*'

/** What 1.x alone has, or has otherwise. */
const V1: Rows = {
  Attribute: 'AttributeName AttributeIndex? AttributeValue',
  AddAttribute: `${IDENTIFIER} Attribute`,
  DeleteAttribute: `${IDENTIFIER} Attribute`,
  Export: `ObjectType ${IDENTIFIER} Attribute* OBJECT`,
  GetAttributeList: `${IDENTIFIER} AttributeName*`,
  GetAttributes: `${IDENTIFIER} Attribute*`,
  ModifyAttribute: `${IDENTIFIER} Attribute`,
  Query: QUERY,
}

/** What 2.x alone has, or has otherwise. */
const V2: Rows = {
  Attribute: 'VendorIdentification AttributeName AttributeValue',
  AddAttribute: IDENTIFIER,
  AdjustAttribute: IDENTIFIER,
  DelegatedLogin: 'Ticket',
  DeleteAttribute: IDENTIFIER,
  Export: `ObjectType ${IDENTIFIER} Attributes OBJECT`,
  GetAttributeList: `${IDENTIFIER} AttributeReference*`,
  GetAttributes: `${IDENTIFIER} Attributes`,
  GetConstraints: 'Constraints',
  Interop: '',
  Log: '',
  Login: 'Ticket',
  Logout: '',
  ModifyAttribute: IDENTIFIER,
  Ping: '',
  Process: '',
  Query: `${QUERY} DefaultsInformation? ProtectionStorageMasks?`,
  QueryAsynchronousRequests: 'AsynchronousRequest*',
  SetAttribute: IDENTIFIER,
  SetConstraints: '',
  SetDefaults: '',
  SetEndpointRole: 'EndpointRole',
}
