import { KmipFault } from '../fault/fault.ts'
import { BlockCipherMode } from '../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { EncodingOption } from '../spec/enum/encoding-option.ts'
import { WrappingMethod } from '../spec/enum/wrapping-method.ts'
import type { CryptographicParameters } from '../spec/structure/cryptographic-parameters.ts'
import type { KeyWrappingData } from '../spec/structure/key-wrapping-data.ts'
import type { KeyWrappingSpecification as Specification } from '../spec/structure/key-wrapping-specification.ts'
import type { AttributeReference } from './attribute-reference.ts'
import type { ManagedObject } from './managed-object.ts'
import { parametersOf, suits, type ParameterUse } from './parameter-use.ts'

/** How a key shall be wrapped (KMIP 1.4 section 2.1.6, KMIP 2.1 section 7.18). */
export interface KeyWrappingSpecification extends Specification {
  /** The attributes that are wrapped with the key material. */
  readonly attributes: readonly AttributeReference[]
}

/** What a Wrapping Method does with a Key Value. */
export interface WrappingSteps {
  readonly encrypts: boolean
  /** Whether a MAC or signature is made, and of what. */
  readonly authenticates?: 'plain' | 'encrypted'
}

const STEPS: ReadonlyMap<WrappingMethod, WrappingSteps> = new Map<WrappingMethod, WrappingSteps>([
  [WrappingMethod.Encrypt, { encrypts: true }],
  [WrappingMethod.MACSign, { encrypts: false, authenticates: 'plain' }],
  [WrappingMethod.EncryptThenMACSign, { encrypts: true, authenticates: 'encrypted' }],
  [WrappingMethod.MACSignThenEncrypt, { encrypts: true, authenticates: 'plain' }],
])

/**
 * What is to be done for a Wrapping Method, each of its keys named and no other.
 *
 * @throws KmipFault `UNSUPPORTED_FEATURE` for TR-31 and methods that are not known, `MISSING_FIELD` where a key is not
 * named, `INVALID_FIELD` where one is named that the method has no use for, `ENCODING_OPTION_ERROR`
 */
export function wrappingSteps(
  wrapping: Pick<
    KeyWrappingData,
    'wrappingMethod' | 'encryptionKeyInformation' | 'macSignatureKeyInformation' | 'encodingOption'
  >,
): WrappingSteps {
  const steps = STEPS.get(wrapping.wrappingMethod)
  if (steps === undefined) {
    throw new KmipFault('UNSUPPORTED_FEATURE', 'The Wrapping Method is not supported')
  }
  const { encryptionKeyInformation: encryption, macSignatureKeyInformation: mac } = wrapping
  checkNamed('Encryption Key Information', encryption, steps.encrypts)
  checkNamed('MAC/Signature Key Information', mac, steps.authenticates !== undefined)
  checkEncoding(wrapping)
  return steps
}

const ENCODINGS: readonly unknown[] = [
  undefined,
  EncodingOption.NoEncoding,
  EncodingOption.TTLVEncoding,
]

/** Another encoding, such as a vendor's, is none that the server could make or take off. Throws `ENCODING_OPTION_ERROR`. */
export function checkEncoding({ encodingOption }: Pick<KeyWrappingData, 'encodingOption'>): void {
  if (ENCODINGS.includes(encodingOption)) return
  throw new KmipFault('ENCODING_OPTION_ERROR', 'The Encoding Option is not supported')
}

function checkNamed(name: string, information: object | undefined, isNeeded: boolean): void {
  if (isNeeded && information === undefined) {
    throw new KmipFault('MISSING_FIELD', `The Wrapping Method needs ${name}`)
  }
  if (!isNeeded && information !== undefined) {
    throw new KmipFault('INVALID_FIELD', `The Wrapping Method has no use for ${name}`)
  }
}

/** Whether the whole Key Value was encoded, or its material alone was wrapped (KMIP 1.4 section 2.1.5). */
export function isEncoded({ encodingOption }: Pick<KeyWrappingData, 'encodingOption'>): boolean {
  return encodingOption !== EncodingOption.NoEncoding
}

/**
 * Whether a Key Value is hidden from those who have not the wrapping key; a MAC or signature alone hides nothing. A
 * method that is not known is taken to hide it, since it cannot be taken off here.
 */
export function hides({ wrappingMethod }: Pick<KeyWrappingData, 'wrappingMethod'>): boolean {
  return STEPS.get(wrappingMethod)?.encrypts ?? true
}

/**
 * The parameters that a key wraps with: one of the key's own Cryptographic Parameters, the first unless the request
 * says which (KMIP 1.4 section 2.1.6).
 *
 * @param isFree - whether a key that has none may be used with whatever the request says
 * @param use - what the key is used for; absent where every one of its parameters will do
 * @throws KmipFault `PARAMETERS_NOT_OF_KEY`
 */
export function parametersToWrap(
  asked: CryptographicParameters | undefined,
  key: ManagedObject,
  isFree: boolean,
  use?: ParameterUse,
): CryptographicParameters {
  const own = key.attributes.all('CryptographicParameters')
  if (own.length === 0 && isFree) return asked ?? {}
  const chosen = own.find(
    (instance) =>
      (use === undefined || suits(instance, use)) &&
      (asked === undefined || isPartOf(asked, instance)),
  )
  if (chosen !== undefined) return chosen
  throw new KmipFault(
    'PARAMETERS_NOT_OF_KEY',
    'The wrapping key does not have these Cryptographic Parameters',
  )
}

/** The parameters that a key was wrapped with (KMIP 1.4 section 2.1.5); `use` is as for {@link parametersToWrap}. */
export function parametersToUnwrap(
  stated: CryptographicParameters | undefined,
  key: ManagedObject,
  use?: ParameterUse,
): CryptographicParameters {
  if (stated !== undefined) return stated
  const own = key.attributes.all('CryptographicParameters')
  return (use === undefined ? own[0] : parametersOf(own, use)) ?? {}
}

/** An AES key wraps by RFC 3394 where nobody says otherwise: clients are known that do not say. */
export function withWrapMode(
  parameters: CryptographicParameters,
  key: ManagedObject,
): CryptographicParameters {
  const algorithm = key.attributes.get('CryptographicAlgorithm')
  return algorithm === CryptographicAlgorithm.AES && parameters.blockCipherMode === undefined
    ? { ...parameters, blockCipherMode: BlockCipherMode.NISTKeyWrap }
    : parameters
}

/** Whether everything that is asked for is as an instance of the attribute has it. */
function isPartOf(asked: CryptographicParameters, instance: CryptographicParameters): boolean {
  const own = new Map<string, unknown>(Object.entries(instance))
  return Object.entries(asked).every(([name, value]) => isSame(value, own.get(name)))
}

function isSame(left: unknown, right: unknown): boolean {
  if (!(left instanceof Uint8Array && right instanceof Uint8Array)) return left === right
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
