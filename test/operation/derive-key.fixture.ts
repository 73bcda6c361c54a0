import { attribute1, identifierOf, type Bench } from './harness.ts'
import { algorithm1, algorithm2, mask2 } from './key-pair.fixture.ts'

/** An Activation Date that is long past. */
export const ACTIVE = '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>'

const RAW = '<KeyFormatType type="Enumeration" value="Raw"/>'
const block = (material: string, more: string) =>
  `<KeyBlock>${RAW}<KeyValue><KeyMaterial type="ByteString" value="${material}"/></KeyValue>${more}</KeyBlock>`

async function register(bench: Bench, type: string, object: string, attributes: string) {
  const payload = `<ObjectType type="Enumeration" value="${type}"/>
    <Attributes>${attributes}</Attributes><${type}>${object}</${type}>`
  return identifierOf(await bench.ask('2.1', 'Register', payload))
}

export interface Material {
  /** In hexadecimal. */
  readonly material: string
  readonly algorithm?: string
  readonly attributes?: string
}

/** Registers a symmetric key that may derive, Active unless its attributes say otherwise. */
export async function registerKey(
  bench: Bench,
  { material, algorithm = 'AES', attributes = ACTIVE + mask2('DeriveKey') }: Material,
): Promise<string> {
  const kind = algorithm2(algorithm, material.length * 4)
  return register(bench, 'SymmetricKey', block(material, kind), attributes)
}

/** Registers Secret Data that may derive. */
export async function registerSecret(
  bench: Bench,
  { material, attributes = ACTIVE + mask2('DeriveKey') }: Material,
): Promise<string> {
  const type = '<SecretDataType type="Enumeration" value="Seed"/>'
  return register(bench, 'SecretData', type + block(material, ''), attributes)
}

/** Registers one half of a pair on P-256, its D or its Q String in hexadecimal. */
export async function registerHalf(
  bench: Bench,
  half: 'PrivateKey' | 'PublicKey',
  value: string,
): Promise<string> {
  const item =
    half === 'PrivateKey'
      ? `<D type="BigInteger" value="${value}"/>`
      : `<QString type="ByteString" value="${value}"/>`
  const object = `<KeyBlock><KeyFormatType type="Enumeration" value="TransparentEC${half}"/><KeyValue>
    <KeyMaterial><RecommendedCurve type="Enumeration" value="P_256"/>${item}</KeyMaterial></KeyValue>
    ${algorithm2('EC', 256)}</KeyBlock>`
  return register(bench, half, object, ACTIVE + mask2('DeriveKey'))
}

export interface Derivation {
  readonly type?: string
  readonly from: readonly string[]
  readonly method: string
  /** XML of what is in Cryptographic Parameters; none when absent. */
  readonly cryptographic?: string
  /** XML of the other Derivation Parameters. */
  readonly parameters?: string
  /** XML of attributes. */
  readonly attributes: string
}

function common({
  type = 'SymmetricKey',
  from,
  method,
  cryptographic,
  parameters = '',
}: Derivation) {
  const named = from.map((each) => `<UniqueIdentifier type="TextString" value="${each}"/>`).join('')
  const chosen =
    cryptographic === undefined
      ? ''
      : `<CryptographicParameters>${cryptographic}</CryptographicParameters>`
  return `<ObjectType type="Enumeration" value="${type}"/>${named}
    <DerivationMethod type="Enumeration" value="${method}"/>
    <DerivationParameters>${chosen}${parameters}</DerivationParameters>`
}

/** The payload of Derive Key in KMIP 2.x. */
export function derivation2(derivation: Derivation): string {
  return `${common(derivation)}<Attributes>${derivation.attributes}</Attributes>`
}

/** The same in KMIP 1.x. */
export function derivation1(derivation: Derivation): string {
  return `${common(derivation)}<TemplateAttribute>${derivation.attributes}</TemplateAttribute>`
}

export const AES2 = algorithm2('AES', 128)
export const AES1 = algorithm1('AES', 128)
export const bits2 = (bits: number): string =>
  `<CryptographicLength type="Integer" value="${bits}"/>`
export const bits1 = (bits: number): string =>
  attribute1('Cryptographic Length', 'Integer', bits.toString())
export const hash = (name: string): string =>
  `<HashingAlgorithm type="Enumeration" value="${name}"/>`
export const data = (hex: string): string => `<DerivationData type="ByteString" value="${hex}"/>`
export const salt = (hex: string, iterations: number): string =>
  `<Salt type="ByteString" value="${hex}"/><IterationCount type="Integer" value="${iterations}"/>`
export const iv = (hex: string): string =>
  `<InitializationVector type="ByteString" value="${hex}"/>`
