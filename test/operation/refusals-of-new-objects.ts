import { attribute1, createAes, name1, name2 } from './harness.ts'
import { of, type Refusal } from './refusal-case.ts'

const create1 = (attributes: string, type = 'SymmetricKey'): string =>
  `<ObjectType type="Enumeration" value="${type}"/>
   <TemplateAttribute>${attributes}</TemplateAttribute>`
const create2 = (attributes: string, type = 'SymmetricKey'): string =>
  `<ObjectType type="Enumeration" value="${type}"/><Attributes>${attributes}</Attributes>`
const AES1 = attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')
const AES2 = '<CryptographicAlgorithm type="Enumeration" value="AES"/>'

const KEY = (type: string, bytes: string, more = ''): string =>
  `<${type}><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
   <KeyValue><KeyMaterial type="ByteString" value="${bytes}"/></KeyValue>${more}
   </KeyBlock></${type}>`
const SAID = `<CryptographicAlgorithm type="Enumeration" value="AES"/>
  <CryptographicLength type="Integer" value="128"/>`

const WRAPPED = `<SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
  <KeyValue type="ByteString" value="${'00'.repeat(24)}"/>${SAID}
  <KeyWrappingData><WrappingMethod type="Enumeration" value="Encrypt"/>
  <EncryptionKeyInformation><UniqueIdentifier type="TextString" value="elsewhere"/>
  </EncryptionKeyInformation><EncodingOption type="Enumeration" value="0x80000001"/>
  </KeyWrappingData></KeyBlock></SymmetricKey>`

const CERTIFICATE = (bytes: string, type = 'Certificate'): string =>
  `<${type}><${type}Type type="Enumeration" value="0x00000001"/>
   <${type}Value type="ByteString" value="${bytes}"/></${type}>`

/** What Create and Register refuse. */
export const NEW_OBJECTS: readonly Refusal[] = [
  of('Create', 'no algorithm', {
    v1: ['InvalidField', () => create1('')],
    v2: ['InvalidAttributeValue', () => create2('')],
  }),
  of('Create', 'a length that AES does not have', {
    v1: [
      'InvalidField',
      () => create1(AES1 + attribute1('Cryptographic Length', 'Integer', '100')),
    ],
    v2: [
      'InvalidAttributeValue',
      () => create2(`${AES2}<CryptographicLength type="Integer" value="100"/>`),
    ],
  }),
  of('Create', 'a certificate', {
    v1: ['InvalidField', () => create1(AES1, 'Certificate')],
    v2: ['InvalidObjectType', () => create2(AES2, 'Certificate')],
  }),
  of('Create', 'a type of object that is none', {
    v1: ['InvalidField', () => create1(AES1, '0x00000066')],
    v2: ['UnknownEnumeration', () => create2(AES2, '0x00000066')],
  }),
  of('Register', 'a certificate that is none', {
    v1: ['InvalidField', () => create1('', 'Certificate') + CERTIFICATE('3003020101')],
    v2: ['InvalidField', () => create2('', 'Certificate') + CERTIFICATE('3003020101')],
  }),
  of('Register', 'a template with an attribute that nobody knows', {
    v1: [
      'InvalidField',
      () =>
        `${create1('', 'Template')}<Template>${attribute1('No such name', 'TextString', 'a')}</Template>`,
    ],
  }),
  of('Register', 'a certificate request that is none', {
    v2: [
      'InvalidCSR',
      () => create2('', 'CertificateRequest') + CERTIFICATE('3003020101', 'CertificateRequest'),
    ],
  }),
  of('Create', 'no attributes', {
    v1: ['InvalidMessage', () => '<ObjectType type="Enumeration" value="SymmetricKey"/>'],
    v2: ['InvalidMessage', () => '<ObjectType type="Enumeration" value="SymmetricKey"/>'],
  }),
  of('Create', 'a name that is taken', {
    v1: ['InvalidField', () => create1(AES1 + name1('taken'))],
    v2: ['NonUniqueNameAttribute', () => create2(AES2 + name2('taken'))],
  }),
  of('Create', 'an attribute of the server', {
    v1: ['PermissionDenied', () => create1(AES1 + attribute1('State', 'Enumeration', 'Active'))],
    v2: ['AttributeReadOnly', () => create2(`${AES2}<State type="Enumeration" value="Active"/>`)],
  }),
  of('Create', 'a single attribute twice', {
    v1: ['InvalidField', () => create1(AES1 + AES1)],
    v2: ['AttributeSingleValued', () => create2(AES2 + AES2)],
  }),
  of('Create', 'dates in the wrong order', {
    v1: [
      'InvalidField',
      () =>
        create1(
          AES1 +
            attribute1('Activation Date', 'DateTime', '2040-01-01T00:00:00Z') +
            attribute1('Deactivation Date', 'DateTime', '2039-01-01T00:00:00Z'),
        ),
    ],
    v2: [
      'InvalidAttributeValue',
      () =>
        create2(
          `${AES2}<ActivationDate type="DateTime" value="2040-01-01T00:00:00Z"/>
           <DeactivationDate type="DateTime" value="2039-01-01T00:00:00Z"/>`,
        ),
    ],
  }),
  of('Create', 'a template that is not there', {
    v1: [
      'ItemNotFound',
      () =>
        create1(
          `<Name><NameValue type="TextString" value="none"/>
           <NameType type="Enumeration" value="UninterpretedTextString"/></Name>${AES1}`,
        ),
    ],
  }),
  of('Create', 'storage in hardware', {
    v2: [
      'ProtectionStorageUnavailable',
      () =>
        `${createAes()}<ProtectionStorageMasks>
          <ProtectionStorageMask type="Integer" value="Hardware"/></ProtectionStorageMasks>`,
    ],
  }),
  of('Register', 'a type that the object is not of', {
    v1: ['InvalidField', () => create1('', 'SecretData') + KEY('SymmetricKey', '00', SAID)],
    v2: ['InvalidObjectType', () => create2('', 'SecretData') + KEY('SymmetricKey', '00', SAID)],
  }),
  of('Register', 'no object', {
    v1: ['InvalidMessage', () => create1('')],
    v2: ['InvalidMessage', () => create2('')],
  }),
  of('Register', 'material of another length than is said', {
    v1: ['InvalidField', () => create1('') + KEY('SymmetricKey', '0011', SAID)],
    v2: ['InvalidField', () => create2('') + KEY('SymmetricKey', '0011', SAID)],
  }),
  of('Register', 'a key without algorithm', {
    v1: ['InvalidField', () => create1('') + KEY('SymmetricKey', '0011')],
    v2: ['InvalidField', () => create2('') + KEY('SymmetricKey', '0011')],
  }),
  of('Register', 'another length in the attributes than in the key block', {
    v1: [
      'InvalidField',
      () =>
        create1(attribute1('Cryptographic Length', 'Integer', '256')) +
        KEY('SymmetricKey', '00'.repeat(16), SAID),
    ],
    v2: [
      'InvalidAttributeValue',
      () =>
        create2('<CryptographicLength type="Integer" value="256"/>') +
        KEY('SymmetricKey', '00'.repeat(16), SAID),
    ],
  }),
  of('Register', 'attributes alone that say another length than the material has', {
    v1: [
      'InvalidField',
      () =>
        create1(AES1 + attribute1('Cryptographic Length', 'Integer', '256')) +
        KEY('SymmetricKey', '00'.repeat(16)),
    ],
    v2: [
      'InvalidAttributeValue',
      () =>
        create2(`${AES2}<CryptographicLength type="Integer" value="256"/>`) +
        KEY('SymmetricKey', '00'.repeat(16)),
    ],
  }),
  of('Register', 'an Encoding Option that only a vendor knows', {
    v1: ['EncodingOptionError', () => create1('') + WRAPPED],
    v2: ['EncodingOptionError', () => create2('') + WRAPPED],
  }),
]
